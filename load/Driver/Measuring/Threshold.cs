using System.Globalization;

namespace Certctl.Load.Measuring;

/// <summary>What a run must keep; it fails otherwise.</summary>
internal sealed record Threshold(string Name, Func<Report, double> Figure, double Limit, bool AtLeast = false)
{
    public static Threshold MostFailures(int count) => new("failed flows", r => r.Failures, count);

    public static Threshold LeastRate(double perSecond) => new("flows/s", r => r.FlowsPerSecond, perSecond, AtLeast: true);

    public static Threshold FlowP95(TimeSpan limit) => new("flow p95 ms", r => r.Flow.P95Ms, limit.TotalMilliseconds);

    /// <summary>Nothing measured is nothing proved.</summary>
    public static readonly Threshold SomeFlows = new("flows", r => r.Flows, 1, AtLeast: true);

    public ThresholdResult Judge(Report report)
    {
        var figure = Figure(report);
        return new ThresholdResult(Name, figure, Limit, AtLeast, AtLeast ? figure >= Limit : figure <= Limit);
    }
}

internal sealed record ThresholdResult(string Name, double Figure, double Limit, bool AtLeast, bool Met)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name} {Figure:0.#}, {(AtLeast ? "at least" : "at most")} {Limit:0.#}");
}
