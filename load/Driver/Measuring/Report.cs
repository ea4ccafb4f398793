using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Certctl.Load.Measuring;

/// <summary>What a run measured.</summary>
/// <param name="Seconds">Length of the measured window.</param>
/// <param name="Flows">Flows that succeeded in it; where a scenario has no flows, requests.</param>
/// <param name="Failures">What failed at any time, warm-up included.</param>
/// <param name="Steps">The whole flow is the last.</param>
internal sealed record Report(
    string Scenario, double Seconds, long Flows, long Failures, double FlowsPerSecond, IReadOnlyList<StepReport> Steps,
    IReadOnlyDictionary<string, int> FailureReasons, IReadOnlyDictionary<string, object> Settings)
{
    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>All that was tried, warm-up included.</summary>
    public long Attempts { get; init; }

    public long ServerErrors { get; init; }
    public long WrongAnswers { get; init; }

    /// <summary>Longest time of the window in which nothing ended.</summary>
    public double LongestSilenceMs { get; init; }

    /// <summary>What the checks after the run found, by name.</summary>
    public IReadOnlyDictionary<string, double> Facts { get; init; } = new Dictionary<string, double>();

    public IReadOnlyList<ThresholdResult> Thresholds { get; init; } = [];

    public bool Passed => Thresholds.Count > 0 && Thresholds.All(t => t.Met);

    public void Print(TextWriter to)
    {
        Line($"{Scenario}: {Flows} flows in {Seconds:F1} s, {FlowsPerSecond:F1}/s, {Failures} failed");
        Line($"  {"ms",-20}{"count",10}{"per s",10}{"p50",10}{"p95",10}{"p99",10}{"max",10}{"failed",10}");
        foreach (var s in Steps) Line($"  {s.Name,-20}{s.Count,10}{s.PerSecond,10:F1}{s.P50Ms,10:F1}{s.P95Ms,10:F1}{s.P99Ms,10:F1}{s.MaxMs,10:F1}{s.Failures,10}");
        foreach (var (name, value) in Settings) Line($"  {name}: {value as string ?? JsonSerializer.Serialize(value)}");
        foreach (var (name, value) in Facts) Line($"  {name}: {value:0.###}");
        foreach (var (reason, count) in FailureReasons) Line($"  failed {count} times: {reason}");
        foreach (var t in Thresholds) Line($"  {(t.Met ? "ok    " : "MISSED")} {t}");

        void Line(FormattableString text) => to.WriteLine(text.ToString(CultureInfo.InvariantCulture));
    }

    public Task WriteAsync(string file) => File.WriteAllTextAsync(file, JsonSerializer.Serialize(this, Json));
}

/// <summary>Latencies of one step, in milliseconds.</summary>
internal sealed record StepReport(string Name, long Count, double P50Ms, double P95Ms, double P99Ms, double MaxMs)
{
    public double PerSecond { get; init; }
    public long Failures { get; init; }
    public IReadOnlyList<CurvePoint> Curve { get; init; } = [];
    public IReadOnlyList<SeriesPoint> Series { get; init; } = [];
}

/// <summary>One point of the latency distribution.</summary>
internal sealed record CurvePoint(double Percentile, double Ms);

/// <summary>One interval of a run; without latencies when nothing ended in it.</summary>
/// <param name="At">Its end, in seconds since the window opened.</param>
internal sealed record SeriesPoint(double At, double PerSecond, double? P50Ms, double? P99Ms, double? MaxMs);
