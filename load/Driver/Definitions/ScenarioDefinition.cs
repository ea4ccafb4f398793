using Certctl.Load.Measuring;

namespace Certctl.Load.Definitions;

/// <summary>Who decides when the next request is sent.</summary>
internal enum LoadModel
{
    /// <summary>The clock: a slow server does not slow its own load down.</summary>
    Open,

    /// <summary>The user's last answer.</summary>
    Closed,
}

/// <summary>What a scenario does unless told otherwise, and what it must keep.</summary>
/// <param name="RatePerSecond">Arrivals, of each kind of request; open model.</param>
/// <param name="Users">Virtual users; closed model.</param>
/// <param name="MaxInFlight">Of the open model: what would be more is not sent, and counts as failed.</param>
internal sealed record ScenarioDefinition(
    string Name, string Summary, LoadModel Model, double? RatePerSecond, int? Users, int? MaxInFlight, TimeSpan WarmUp, TimeSpan Duration,
    IReadOnlyList<Threshold> Thresholds)
{
    /// <summary>Kept under --strict only.</summary>
    public IReadOnlyList<Threshold> StrictThresholds { get; init; } = [];

    /// <summary>How many certificates one bulk takes.</summary>
    public int? Certificates { get; init; }

    public int? Agents { get; init; }

    public Report Judge(Report report, bool strict) => report with
    {
        Thresholds = [.. (strict ? Thresholds.Concat(StrictThresholds) : Thresholds).Select(t => t.Judge(report, strict))],
    };
}
