namespace Certctl.Api.Agents;

/// <summary>When an agent shall beat next: the fleet slows itself down as it grows.</summary>
internal static class HeartbeatInterval
{
    /// <summary>Longest interval, so that an agent's death is noticed within a few hours in the largest fleet.</summary>
    public const int MaxSeconds = 3600;

    private const double Jitter = 0.1;

    /// <summary>Whole seconds until the next heartbeat.</summary>
    /// <param name="shortest">What a small fleet is told.</param>
    /// <param name="agents">Size of the fleet.</param>
    /// <param name="targetRate">Heartbeats per second that the whole fleet may send.</param>
    /// <param name="random">From 0 up to 1: spreads agents that started together by a tenth either way.</param>
    public static int Next(TimeSpan shortest, int agents, double targetRate, double random)
    {
        var interval = Math.Max(shortest.TotalSeconds, agents / targetRate);
        var spread = interval * (1 + Jitter * (2 * random - 1));
        return (int)Math.Clamp(Math.Round(spread), 1, MaxSeconds);
    }
}
