using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Certctl.Bench;

/// <summary>Heartbeats through the queue against one UPDATE for each, in one run: both warmed, then measured in turns.</summary>
internal static class HeartbeatBench
{
    private const string QueuePrefix = "/api/v1";
    private const string BaselinePrefix = "/api/v1/bench";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static async Task<int> RunAsync(string output)
    {
        var settings = BenchSettings.FromEnvironment();
        using var host = StartHost();
        try
        {
            await CertificateAsync(settings, host);
            using var http = LoopbackHttp.Create(settings.CaFile, settings.BaseUrl, TimeSpan.FromSeconds(10));
            await ReadyAsync(http, host);
            await using var gauges = new Gauges(settings, http, host.Id);
            var result = await MeasureAsync(settings, http, gauges);
            await File.WriteAllTextAsync(output, JsonSerializer.Serialize(result, Json));
            Print(result);
            return 0;
        }
        finally
        {
            Process.Start("kill", ["-TERM", host.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
            host.WaitForExit(TimeSpan.FromSeconds(30));
        }
    }

    /// <summary>The host writes its root once its database is ready.</summary>
    private static async Task CertificateAsync(BenchSettings settings, Process host)
    {
        while (!File.Exists(settings.CaFile))
        {
            if (host.HasExited) throw new InvalidOperationException($"The host ended with {host.ExitCode}.");
            await Task.Delay(TimeSpan.FromMilliseconds(300));
        }
    }

    private static Process StartHost()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["serve"]) { RedirectStandardOutput = true };
        start.Environment["CERTCTL_LOG_LEVEL"] = "warn";
        var host = Process.Start(start)!;
        host.OutputDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
        host.BeginOutputReadLine();
        return host;
    }

    private static async Task ReadyAsync(HttpClient http, Process host)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (host.HasExited) throw new InvalidOperationException($"The host ended with {host.ExitCode}.");
            try
            {
                var ready = await http.GetStringAsync(new Uri("/health/ready", UriKind.Relative));
                if (ready.Contains("\"status\":\"ready\"", StringComparison.Ordinal)) return;
            }
            catch (HttpRequestException) when (TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(60))
            {
                // Not up yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(300));
        }
    }

    private static async Task<BenchResult> MeasureAsync(BenchSettings settings, HttpClient http, Gauges gauges)
    {
        await WrkResult.RunAsync(settings, BaselinePrefix, settings.WarmUpSeconds);
        await WrkResult.RunAsync(settings, QueuePrefix, settings.WarmUpSeconds);
        List<Window> baseline = [], queue = [];
        for (var i = 0; i < settings.Windows; i++)
        {
            baseline.Add(await WindowAsync(settings, gauges, BaselinePrefix));
            queue.Add(await WindowAsync(settings, gauges, QueuePrefix));
            Console.Error.WriteLine($"window {i + 1}: baseline {baseline[^1]}\n          queue {queue[^1]}");
        }

        var answers = await FixedRate.AnswersAsync(http, settings.Token, perSecond: 167, TimeSpan.FromSeconds(15));
        var visible = await FixedRate.VisibilitiesAsync(http, settings.Token, settings.ViewerToken, 100);
        var (direct, queued) = (Window.Median(baseline), Window.Median(queue));
        return new BenchResult(
            settings.Connections, direct, queued, baseline, queue,
            RateRatio: queued.AcceptedPerSecond / direct.AcceptedPerSecond,
            StoredRatio: queued.StoredPerSecond / direct.StoredPerSecond,
            CpuRatio: queued.CpuMicroseconds / direct.CpuMicroseconds,
            P50At167Ms: FixedRate.Percentile(answers, 0.5), P99At167Ms: FixedRate.Percentile(answers, 0.99),
            FailedAt167: answers.Count(a => a >= FixedRate.Failed),
            VisibleP50Ms: FixedRate.Percentile(visible, 0.5), VisibleP99Ms: FixedRate.Percentile(visible, 0.99));
    }

    private static async Task<Window> WindowAsync(BenchSettings settings, Gauges gauges, string prefix)
    {
        var (cpu, updates, stored) = (await gauges.CpuSecondsAsync(), await gauges.UpdatesAsync(), await gauges.CounterAsync("certctl_heartbeat_stored_total"));
        var run = await WrkResult.RunAsync(settings, prefix, settings.WindowSeconds);
        var ended = TimeProvider.System.GetTimestamp();
        var accepted = run.Requests - run.Failed;
        var written = accepted;
        if (prefix == QueuePrefix)
        {
            written = await gauges.CounterAsync("certctl_heartbeat_stored_total") - stored;
            while (await gauges.CounterAsync("certctl_heartbeat_stored_total") - stored < accepted && TimeProvider.System.GetElapsedTime(ended) < TimeSpan.FromSeconds(30))
                await Task.Delay(TimeSpan.FromMilliseconds(50));
        }

        var drained = TimeProvider.System.GetElapsedTime(ended).TotalSeconds;
        var after = await gauges.CpuSecondsAsync();
        await Task.Delay(TimeSpan.FromSeconds(1.5)); // PostgreSQL reports its statistics once a second.
        var (all, hot) = await gauges.UpdatesAsync();
        double Micros(double seconds) => seconds * 1e6 / accepted;
        var (h, p, r) = (after.Host - cpu.Host, after.PostgreSql - cpu.PostgreSql, after.RabbitMq - cpu.RabbitMq);
        return new Window(
            accepted / run.Seconds, Math.Min(written, accepted) / run.Seconds, run.P50Ms, run.P99Ms, run.Failed,
            Micros(h + p + r), Micros(h), Micros(p), Micros(r), (hot - updates.Hot) / (double)Math.Max(1, all - updates.All), drained);
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
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"rate x{result.RateRatio:F2}, stored x{result.StoredRatio:F2}, CPU a heartbeat {result.CpuRatio:P0}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"at 167/s p50 {result.P50At167Ms:F1} ms, p99 {result.P99At167Ms:F1} ms, {result.FailedAt167} failed; visible p50 {result.VisibleP50Ms:F0} ms, p99 {result.VisibleP99Ms:F0} ms"));

        void Line(string name, Func<Window, double> figure, string format) => Console.WriteLine(
            $"  {name,-34}{figure(result.Baseline).ToString(format, CultureInfo.InvariantCulture),16}{figure(result.Queue).ToString(format, CultureInfo.InvariantCulture),12}");
    }
}

internal sealed record BenchResult(
    int Connections, Window Baseline, Window Queue, IReadOnlyList<Window> BaselineWindows, IReadOnlyList<Window> QueueWindows,
    double RateRatio, double StoredRatio, double CpuRatio, double P50At167Ms, double P99At167Ms, int FailedAt167, double VisibleP50Ms, double VisibleP99Ms);
