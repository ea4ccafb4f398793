using System.Globalization;

namespace Certctl.Load.Measuring;

/// <summary>What a threshold looks at.</summary>
internal enum Figure
{
    /// <summary>Latency of a step, in milliseconds.</summary>
    P95Ms,
    P99Ms,

    /// <summary>Of all that was tried, in percent: whatever did not succeed, for whatever reason.</summary>
    FailedPercent,
    ServerErrorPercent,

    /// <summary>Answers whose body, header or status is not what it must be.</summary>
    WrongAnswers,
    Failures,
    Flows,
    FlowsPerSecond,
    LongestSilenceMs,

    /// <summary>A named result of the checks after the run.</summary>
    Fact,
}

/// <summary>What a run must keep; it fails otherwise. A figure that was not measured is missed.</summary>
/// <param name="Of">The step or fact.</param>
/// <param name="StrictLimit">The limit under --strict.</param>
/// <param name="AtLeast">Whether the limit is the least and not the most.</param>
internal sealed record Threshold(Figure Figure, string? Of, double Limit, double StrictLimit, bool AtLeast = false)
{
    /// <summary>Nothing measured is nothing proved.</summary>
    public static readonly Threshold SomeFlows = new(Figure.Flows, null, 1, 1, AtLeast: true);

    public static readonly Threshold NoWrongAnswers = new(Figure.WrongAnswers, null, 0, 0);

    /// <summary>In a closed loop a stall is in no percentile.</summary>
    public static readonly Threshold LongestSilence = new(Figure.LongestSilenceMs, null, 2000, 500);

    public static Threshold P95(string step, double ms, double? strict = null) => new(Figure.P95Ms, step, ms, strict ?? ms / 10);

    public static Threshold P99(string step, double ms, double? strict = null) => new(Figure.P99Ms, step, ms, strict ?? ms / 10);

    /// <summary>Strictly none.</summary>
    public static Threshold FailedPercent(double percent) => new(Figure.FailedPercent, null, percent, 0);

    public static Threshold ServerErrorPercent(double percent) => new(Figure.ServerErrorPercent, null, percent, 0);

    public static Threshold MostFailures(int count) => new(Figure.Failures, null, count, count);

    public static Threshold LeastRate(double perSecond) => new(Figure.FlowsPerSecond, null, perSecond, perSecond, AtLeast: true);

    public static Threshold MostOf(string fact, double limit, double? strict = null) => new(Figure.Fact, fact, limit, strict ?? limit);

    public static Threshold LeastOf(string fact, double limit) => new(Figure.Fact, fact, limit, limit, AtLeast: true);

    public string Name => Figure switch
    {
        Figure.P95Ms => $"{Of} p95 ms",
        Figure.P99Ms => $"{Of} p99 ms",
        Figure.FailedPercent => "failed %",
        Figure.ServerErrorPercent => "server errors %",
        Figure.WrongAnswers => "wrong answers",
        Figure.Failures => "failed flows",
        Figure.Flows => "flows",
        Figure.FlowsPerSecond => "flows/s",
        Figure.LongestSilenceMs => "longest silence ms",
        _ => Of!,
    };

    public ThresholdResult Judge(Report report, bool strict = false)
    {
        var (figure, limit) = (In(report), strict ? StrictLimit : Limit);
        return new ThresholdResult(Name, figure, limit, AtLeast, figure is { } value && (AtLeast ? value >= limit : value <= limit));
    }

    private double? In(Report report) => Figure switch
    {
        Figure.P95Ms => Step(report)?.P95Ms,
        Figure.P99Ms => Step(report)?.P99Ms,
        Figure.FailedPercent => Percent(report, report.Failures),
        Figure.ServerErrorPercent => Percent(report, report.ServerErrors),
        Figure.WrongAnswers => report.WrongAnswers,
        Figure.Failures => report.Failures,
        Figure.Flows => report.Flows,
        Figure.FlowsPerSecond => report.FlowsPerSecond,
        Figure.LongestSilenceMs => report.LongestSilenceMs,
        _ => report.Facts.TryGetValue(Of!, out var value) ? value : null,
    };

    private StepReport? Step(Report report) => report.Steps.SingleOrDefault(s => s.Name == Of && s.Count > 0);

    private static double? Percent(Report report, long count) => report.Attempts > 0 ? 100.0 * count / report.Attempts : null;
}

/// <param name="Figure">Null when there was nothing to measure.</param>
internal sealed record ThresholdResult(string Name, double? Figure, double Limit, bool AtLeast, bool Met)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name}: {(Figure is { } figure ? $"{figure:0.###}" : "not measured")}, {(AtLeast ? "at least" : "at most")} {Limit:0.###}");
}
