using System.Globalization;
using System.Text.Json;
using Certctl.Load.Http;

namespace Certctl.Bench;

/// <summary>Heartbeats through the queue against one UPDATE for each, in one run: both warmed, then measured in turns. Then what
/// one costs as the agents grow.</summary>
internal static class HeartbeatBench
{
    /// <summary>As many as load/heartbeats.lua chooses from.</summary>
    public const int Agents = 5000;

    private const string QueuePrefix = "/api/v1";
    private const string BaselinePrefix = "/api/v1/bench";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <returns>The exit code: 1 when an answer was no 202 or a heartbeat was not stored.</returns>
    public static async Task<int> RunAsync(string output)
    {
        var settings = BenchSettings.FromEnvironment();
        var result = await MeasureAsync(settings);
        Print(result);
        List<AgentCost> costs = [];
        foreach (var agents in settings.AgentCounts)
        {
            costs.Add(await AgentCost.MeasureAsync(settings, agents));
            Console.WriteLine(costs[^1]);
        }

        await File.WriteAllTextAsync(output, JsonSerializer.Serialize(result.With(costs), Json));
        return result.Failed == 0 && result.NotDrained == 0 && costs.All(c => c.NotDrained == 0) ? 0 : 1;
    }

    private static async Task<BenchResult> MeasureAsync(BenchSettings settings)
    {
        await using var host = await HostProcess.StartAsync(settings, Agents);
        await using var gauges = new Gauges(settings, host.Id);
        await WrkResult.RunAsync(settings, BaselinePrefix, settings.WarmUpSeconds);
        await WrkResult.RunAsync(settings, QueuePrefix, settings.WarmUpSeconds);
        List<Window> baseline = [], queue = [];
        for (var i = 0; i < settings.Windows; i++)
        {
            baseline.Add(await WindowAsync(settings, gauges, BaselinePrefix));
            queue.Add(await WindowAsync(settings, gauges, QueuePrefix));
            Console.Error.WriteLine($"window {i + 1}: baseline {baseline[^1]}\n          queue {queue[^1]}");
        }

        using var agents = new LoadClient(settings.BaseUrl, settings.Token, settings.CaFile);
        using var viewer = new LoadClient(settings.BaseUrl, settings.ViewerToken, settings.CaFile);
        var answers = await Beats.AtRateAsync(agents, perSecond: 167, TimeSpan.FromSeconds(15));
        var visible = await Beats.VisibilitiesAsync(agents, viewer, 100);
        var (direct, queued) = (Window.Median(baseline), Window.Median(queue));
        return new BenchResult(
            settings.Connections, direct, queued, baseline, queue,
            RateRatio: queued.AcceptedPerSecond / direct.AcceptedPerSecond,
            StoredRatio: queued.StoredPerSecond / direct.StoredPerSecond,
            CpuRatio: queued.CpuMicroseconds / direct.CpuMicroseconds,
            P50At167Ms: answers.P50Ms, P99At167Ms: answers.P99Ms, FailedAt167: answers.Failures,
            VisibleP50Ms: visible.P50Ms, VisibleP99Ms: visible.P99Ms,
            Failed: direct.Failed + queued.Failed + answers.Failures, NotDrained: queued.NotDrained);
    }

    private static async Task<Window> WindowAsync(BenchSettings settings, Gauges gauges, string prefix)
    {
        var (cpu, updates, stored, lags) = (await gauges.CpuSecondsAsync(), await gauges.UpdatesAsync(), await gauges.StoredAsync(), await gauges.LagsAsync());
        var run = await WrkResult.RunAsync(settings, prefix, settings.WindowSeconds);
        var ended = TimeProvider.System.GetTimestamp();
        var accepted = run.Requests - run.Failed;
        var (written, missing, queued) = (accepted, 0L, prefix == QueuePrefix);
        if (queued)
        {
            written = await gauges.StoredAsync() - stored;
            missing = await gauges.DrainedAsync(stored + accepted);
        }

        var drained = TimeProvider.System.GetElapsedTime(ended).TotalSeconds;
        var after = await gauges.CpuSecondsAsync();
        await Task.Delay(TimeSpan.FromSeconds(1.5)); // PostgreSQL reports its statistics once a second.
        var (all, hot) = await gauges.UpdatesAsync();
        double Micros(double seconds) => seconds * 1e6 / accepted;
        var (h, p, r) = (after.Host - cpu.Host, after.PostgreSql - cpu.PostgreSql, after.RabbitMq - cpu.RabbitMq);
        return new Window(
            accepted / run.Seconds, Math.Min(written, accepted) / run.Seconds, run.P50Ms, run.P99Ms, run.Failed,
            Micros(h + p + r), Micros(h), Micros(p), Micros(r), (hot - updates.Hot) / (double)Math.Max(1, all - updates.All), drained, missing,
            queued ? (await gauges.LagsAsync()).PercentileSince(lags, 0.99) : null);
    }

    private static void Print(BenchResult result)
    {
        Console.WriteLine($"heartbeats, {result.Connections} connections, medians    one UPDATE each      queue");
        Line("accepted/s", w => w.AcceptedPerSecond, "F0");
        Line("stored/s", w => w.StoredPerSecond, "F0");
        Line("p50 ms", w => w.P50Ms, "F1");
        Line("p99 ms", w => w.P99Ms, "F1");
        Line("not 202", w => w.Failed, "F0");
        Line("CPU µs a heartbeat", w => w.CpuMicroseconds, "F0");
        Line("  host", w => w.CpuHost, "F0");
        Line("  PostgreSQL", w => w.CpuPostgreSql, "F0");
        Line("  RabbitMQ", w => w.CpuRabbitMq, "F0");
        Line("HOT share", w => w.HotShare, "P1");
        Line("lag p99 s, worst", w => w.LagP99Seconds ?? 0, "F3");
        Line("drained after s, worst", w => w.DrainSeconds, "F2");
        Line("not stored", w => w.NotDrained, "F0");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"rate x{result.RateRatio:F2}, stored x{result.StoredRatio:F2}, CPU a heartbeat {result.CpuRatio:P0}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"at 167/s p50 {result.P50At167Ms:F1} ms, p99 {result.P99At167Ms:F1} ms, {result.FailedAt167} failed; visible p50 {result.VisibleP50Ms:F0} ms, p99 {result.VisibleP99Ms:F0} ms"));

        void Line(string name, Func<Window, double> figure, string format) => Console.WriteLine(
            $"  {name,-34}{figure(result.Baseline).ToString(format, CultureInfo.InvariantCulture),16}{figure(result.Queue).ToString(format, CultureInfo.InvariantCulture),12}");
    }
}

/// <param name="Failed">Answers that were no 202.</param>
internal sealed record BenchResult(
    int Connections, Window Baseline, Window Queue, IReadOnlyList<Window> BaselineWindows, IReadOnlyList<Window> QueueWindows,
    double RateRatio, double StoredRatio, double CpuRatio, double P50At167Ms, double P99At167Ms, long FailedAt167, double VisibleP50Ms, double VisibleP99Ms,
    long Failed, long NotDrained)
{
    /// <summary>By how many there are; null where none were asked for.</summary>
    public IReadOnlyDictionary<string, AgentCost>? Agents { get; init; }

    /// <summary>Time a heartbeat with the most agents, as a multiple of that with the fewest.</summary>
    public double? GrowthOfAgents { get; init; }

    /// <summary>The same of the CPU of host and PostgreSQL.</summary>
    public double? GrowthOfAgentsCpu { get; init; }

    /// <summary>The same of PostgreSQL's CPU alone, a small part: agents far apart share no page.</summary>
    public double? GrowthOfAgentsDatabase { get; init; }

    public BenchResult With(IReadOnlyList<AgentCost> costs) => costs.Count == 0 ? this : this with
    {
        Agents = costs.ToDictionary(c => c.Agents.ToString(CultureInfo.InvariantCulture)),
        NotDrained = NotDrained + costs.Sum(c => c.NotDrained),
        GrowthOfAgents = costs[^1].Microseconds / costs[0].Microseconds,
        GrowthOfAgentsCpu = (costs[^1].CpuHost + costs[^1].CpuPostgresql) / (costs[0].CpuHost + costs[0].CpuPostgresql),
        GrowthOfAgentsDatabase = costs[^1].CpuPostgresql / costs[0].CpuPostgresql,
    };
}
