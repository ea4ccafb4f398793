namespace Certctl.Bench;

/// <summary>One measured window of one path.</summary>
/// <param name="StoredPerSecond">Heartbeats whose row is written, those that a newer one of the same write replaced included.</param>
/// <param name="CpuMicroseconds">Per heartbeat, until the last one accepted was stored: the host, PostgreSQL and RabbitMQ; not wrk.</param>
/// <param name="HotShare">Of the updates of agent_liveness.</param>
/// <param name="DrainSeconds">From the end of the window until the last one accepted was stored.</param>
/// <param name="NotDrained">Accepted, and not stored 30 s later.</param>
/// <param name="LagP99Seconds">From the receipt of a heartbeat to its row; null where nothing is queued.</param>
internal sealed record Window(
    double AcceptedPerSecond, double StoredPerSecond, double P50Ms, double P99Ms, long Failed, double CpuMicroseconds, double CpuHost,
    double CpuPostgreSql, double CpuRabbitMq, double HotShare, double DrainSeconds, long NotDrained, double? LagP99Seconds)
{
    /// <summary>Each figure's median by itself; the worst of those that must hold always.</summary>
    public static Window Median(IReadOnlyList<Window> windows) => new(
        Of(windows, w => w.AcceptedPerSecond), Of(windows, w => w.StoredPerSecond), Of(windows, w => w.P50Ms), Of(windows, w => w.P99Ms),
        windows.Sum(w => w.Failed), Of(windows, w => w.CpuMicroseconds), Of(windows, w => w.CpuHost), Of(windows, w => w.CpuPostgreSql),
        Of(windows, w => w.CpuRabbitMq), Of(windows, w => w.HotShare), windows.Max(w => w.DrainSeconds), windows.Sum(w => w.NotDrained),
        windows.Max(w => w.LagP99Seconds));

    private static double Of(IReadOnlyList<Window> windows, Func<Window, double> figure)
    {
        var ordered = windows.Select(figure).Order().ToArray();
        return ordered[(ordered.Length - 1) / 2];
    }
}
