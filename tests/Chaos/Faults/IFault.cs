using Certctl.Chaos.Fleet;
using Certctl.Chaos.Load;

namespace Certctl.Chaos.Faults;

/// <summary>One way of breaking something.</summary>
internal interface IFault
{
    /// <summary>As --faults names it.</summary>
    string Name { get; }

    /// <summary>The service that it breaks: chance never breaks one service in two ways at once.</summary>
    string Target { get; }

    /// <summary>Breaks it, and returns once it is whole again: what was ended is started, what was cut is healed. From then on
    /// the fleet has to recover by itself.</summary>
    /// <param name="random">Everything left to chance comes from here, so that a round's seed repeats it.</param>
    /// <returns>Whether it hit: false when there was nothing to break at that moment, and nothing was broken.</returns>
    Task<bool> InjectAsync(Scene scene, Random random, CancellationToken cancellationToken);
}

/// <summary>What there is to be broken.</summary>
internal sealed record Scene(ServiceFleet Fleet, BackingServices Backing, Broker Broker, ChaosDatabase Database, MixedLoad Load, Poison Poison);

/// <summary>How long a fault lasts.</summary>
internal static class Chance
{
    public static TimeSpan Between(this Random random, double seconds, double otherSeconds) =>
        TimeSpan.FromSeconds(seconds + (random.NextDouble() * (otherSeconds - seconds)));
}
