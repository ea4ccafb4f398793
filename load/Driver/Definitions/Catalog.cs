using Certctl.Load.Measuring;

namespace Certctl.Load.Definitions;

/// <summary>
/// The one place that says how each scenario loads and what it must keep. The limits are the first harness's; the strict ones, a
/// tenth of them, are what certctl promises on two cores. load/k6/scenarios.json is printed from here.
/// </summary>
internal static class Catalog
{
    private static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FiveSeconds = TimeSpan.FromSeconds(5);

    public static readonly ScenarioDefinition BulkRenewal = new(
        "bulk-renewal", "bulk renewals of the same certificates; the first forces, the others say why they skip",
        LoadModel.Open, RatePerSecond: 5, Users: null, MaxInFlight: 30, TimeSpan.Zero, FiveMinutes,
        [.. Bulk, Threshold.MostOf(Facts.EnqueuedAgain, 0)])
    {
        Certificates = 10_000,
    };

    public static readonly ScenarioDefinition BulkRenewalSaturate = BulkRenewal with
    {
        Name = "bulk-renewal-saturate",
        Summary = "the same, and each forces: more than can be renewed",
        Thresholds = Bulk,
    };

    public static readonly ScenarioDefinition AcmeBurst = new(
        "acme-burst", "virtual users on the unauthenticated ACME surface: directory, nonce, renewal information",
        LoadModel.Closed, RatePerSecond: null, Users: 200, MaxInFlight: null, FiveSeconds, FiveMinutes,
        [
            Threshold.P95(Steps.Directory, 500), Threshold.P95(Steps.NewNonce, 300),
            Threshold.P95(Steps.RenewalInfo, 800, strict: 50), Threshold.P95(Steps.UnknownRenewalInfo, 800, strict: 50),
            Threshold.LongestSilence, Threshold.FailedPercent(0.1), Threshold.ServerErrorPercent(0.1),
            Threshold.NoWrongAnswers, Threshold.MostOf(Facts.NoncesTwice, 0),
        ])
    {
        StrictThresholds = [Threshold.LeastRate(5000)],
    };

    public static readonly ScenarioDefinition AcmeBurstLimit = AcmeBurst with
    {
        Name = "acme-burst-limit",
        Summary = "the same against a limit per address that is set: 429s of the right shape must be seen",
        WarmUp = TimeSpan.Zero,
        Duration = TimeSpan.FromSeconds(30),
        Thresholds =
        [
            Threshold.LeastOf(Facts.SeenLimited, 1), Threshold.LeastOf(Facts.LetThrough, 1), Threshold.FailedPercent(0.1),
            Threshold.ServerErrorPercent(0.1), Threshold.NoWrongAnswers, Threshold.MostOf(Facts.NoncesTwice, 0),
        ],
        StrictThresholds = [],
    };

    public static readonly ScenarioDefinition AcmeSigned = new(
        "acme-signed", "whole signed flows, from newOrder to the certificate, a new key each",
        LoadModel.Closed, RatePerSecond: null, Users: 16, MaxInFlight: null, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(15),
        [
            Threshold.SomeFlows, Threshold.MostFailures(0), Threshold.P95(Meter.Flow, 5000), Threshold.P99(Meter.Flow, 10_000), Threshold.LongestSilence,
        ]);

    public static readonly ScenarioDefinition AgentStorm = new(
        "agent-storm", "a fleet's heartbeats, each agent every 30 s; the last of each must be stored",
        LoadModel.Open, RatePerSecond: 167, Users: null, MaxInFlight: 200, FiveSeconds, FiveMinutes,
        [
            Threshold.P95(Steps.Heartbeat, 500), Threshold.P99(Steps.Heartbeat, 1000), Threshold.FailedPercent(0.1),
            Threshold.NoWrongAnswers, Threshold.MostOf(Facts.AgentsNotStored, 0),
        ])
    {
        Agents = 5000,
    };

    public static readonly ScenarioDefinition AgentReconnect = new(
        "agent-reconnect", "the whole fleet within a second, as after an outage; agents wait when told to",
        LoadModel.Open, RatePerSecond: 5000, Users: null, MaxInFlight: 5000, TimeSpan.Zero, TimeSpan.FromSeconds(1),
        [
            Threshold.MostOf(Facts.AgentsNotAccepted, 0), Threshold.MostOf(Facts.AgentsNotStored, 0), Threshold.FailedPercent(0.1),
            Threshold.NoWrongAnswers, Threshold.MostOf(Facts.AbsorbSeconds, 60, strict: 30),
        ])
    {
        Agents = 5000,
        StrictThresholds = [Threshold.MostOf(Facts.BrokenConnections, 0)],
    };

    public static readonly ScenarioDefinition Api = new(
        "api", "certificates created and listed, at the rate each",
        LoadModel.Open, RatePerSecond: 50, Users: null, MaxInFlight: 300, FiveSeconds, FiveMinutes,
        [
            Threshold.P95(Steps.Create, 2000), Threshold.P99(Steps.Create, 5000), Threshold.P95(Steps.List, 800), Threshold.P99(Steps.List, 2000),
            Threshold.FailedPercent(1), Threshold.NoWrongAnswers, Threshold.MostOf(Facts.NotIssued, 0), Threshold.MostOf(Facts.NotArchived, 0),
        ]);

    public static IReadOnlyList<ScenarioDefinition> All =>
        [BulkRenewal, BulkRenewalSaturate, AcmeBurst, AcmeBurstLimit, AcmeSigned, AgentStorm, AgentReconnect, Api];

    private static IReadOnlyList<Threshold> Bulk =>
    [
        Threshold.P95(Steps.BulkRenew, 2000), Threshold.P99(Steps.BulkRenew, 5000), Threshold.FailedPercent(1), Threshold.NoWrongAnswers,
        Threshold.MostOf(Facts.NotEnqueuedFirst, 0), Threshold.MostOf(Facts.NotCompleted, 0), Threshold.MostOf(Facts.Unbalanced, 0),
        Threshold.MostOf(Facts.Unexplained, 0), Threshold.MostOf(Facts.NotSucceeded, 0), Threshold.MostOf(Facts.NotRenewed, 0),
    ];
}
