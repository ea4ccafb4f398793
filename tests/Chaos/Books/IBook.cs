using Certctl.Chaos.Faults;
using Certctl.Chaos.Fleet;
using Certctl.Chaos.Load;

namespace Certctl.Chaos.Books;

/// <summary>One thing that must be true once the fleet has come to rest.</summary>
internal interface IBook
{
    /// <summary>What is not as it must be, a sentence each.</summary>
    Task<IReadOnlyList<string>> FindingsAsync(Entries entries, CancellationToken cancellationToken);
}

/// <summary>What the books of a round are made from.</summary>
internal sealed record Entries(MixedLoad Load, Poison Poison, ServiceFleet Fleet, ChaosDatabase Database, Broker Broker);
