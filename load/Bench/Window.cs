namespace Certctl.Bench;

/// <summary>One measured window of one path.</summary>
/// <param name="StoredPerSecond">Heartbeats whose row is written, those that a newer one of the same write replaced included.</param>
/// <param name="CpuMicroseconds">Per heartbeat, until the last one accepted was stored: the host, PostgreSQL and RabbitMQ; not wrk.</param>
/// <param name="HotShare">Of the updates of agent_liveness.</param>
internal sealed record Window(
    double AcceptedPerSecond, double StoredPerSecond, double P50Ms, double P99Ms, long Failed,
    double CpuMicroseconds, double CpuHost, double CpuPostgreSql, double CpuRabbitMq, double HotShare, double DrainSeconds)
{
    /// <summary>Each figure's median by itself.</summary>
    public static Window Median(IReadOnlyList<Window> windows) => new(
        Of(windows, w => w.AcceptedPerSecond), Of(windows, w => w.StoredPerSecond), Of(windows, w => w.P50Ms), Of(windows, w => w.P99Ms),
        windows.Sum(w => w.Failed), Of(windows, w => w.CpuMicroseconds), Of(windows, w => w.CpuHost), Of(windows, w => w.CpuPostgreSql),
        Of(windows, w => w.CpuRabbitMq), Of(windows, w => w.HotShare), Of(windows, w => w.DrainSeconds));

    private static double Of(IReadOnlyList<Window> windows, Func<Window, double> figure)
    {
        var ordered = windows.Select(figure).Order().ToArray();
        return ordered[(ordered.Length - 1) / 2];
    }
}
