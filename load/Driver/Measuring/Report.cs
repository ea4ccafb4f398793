using System.Globalization;
using System.Text.Json;

namespace Certctl.Load.Measuring;

/// <summary>What a run measured.</summary>
/// <param name="Seconds">Length of the measured window.</param>
/// <param name="Flows">Flows that succeeded in it.</param>
/// <param name="Failures">Flows that failed at any time, warm-up included.</param>
/// <param name="Steps">The whole flow is the last.</param>
internal sealed record Report(
    string Scenario, double Seconds, long Flows, long Failures, double FlowsPerSecond, IReadOnlyList<StepReport> Steps,
    IReadOnlyDictionary<string, int> FailureReasons, IReadOnlyDictionary<string, object> Settings)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    public StepReport Flow => Steps[^1];

    public IReadOnlyList<ThresholdResult> Thresholds { get; init; } = [];

    public bool Passed => Thresholds.All(t => t.Met);

    public void Print(TextWriter to)
    {
        Line($"{Scenario}: {Flows} flows in {Seconds:F1} s, {FlowsPerSecond:F1}/s, {Failures} failed");
        Line($"  {"ms",-16}{"count",10}{"p50",10}{"p95",10}{"p99",10}{"max",10}");
        foreach (var s in Steps) Line($"  {s.Name,-16}{s.Count,10}{s.P50Ms,10:F1}{s.P95Ms,10:F1}{s.P99Ms,10:F1}{s.MaxMs,10:F1}");
        foreach (var (reason, count) in FailureReasons) Line($"  failed {count} times: {reason}");
        foreach (var t in Thresholds) Line($"  {(t.Met ? "ok    " : "MISSED")} {t}");

        void Line(FormattableString text) => to.WriteLine(text.ToString(CultureInfo.InvariantCulture));
    }

    public Task WriteAsync(string file) => File.WriteAllTextAsync(file, JsonSerializer.Serialize(this, Json));
}

/// <summary>Latencies of one step, in milliseconds.</summary>
internal sealed record StepReport(string Name, long Count, double P50Ms, double P95Ms, double P99Ms, double MaxMs);
