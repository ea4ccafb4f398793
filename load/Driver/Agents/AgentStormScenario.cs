using Certctl.Load.Definitions;
using Certctl.Load.Http;
using Certctl.Load.Measuring;
using Certctl.Load.Running;

namespace Certctl.Load.Agents;

/// <summary>The heartbeats of a fleet in its daily life.</summary>
internal static class AgentStormScenario
{
    public static async Task<Report> RunAsync(AgentSettings settings, TimeProvider time)
    {
        var run = settings.Run;
        using var client = new LoadClient(settings.Target.Base, settings.AgentToken, settings.Target.CaFile);
        var fleet = new Fleet(client, settings.Agents, time);
        var meter = new Meter(Steps.Heartbeat);
        var loop = new OpenLoop(meter, run.Rate!.Value, run.Definition.MaxInFlight!.Value, run.WarmUp, run.Duration, time);
        var window = await Progress.DuringAsync(meter, time, () => loop.RunAsync(
            _ => Steps.Heartbeat, (n, cancellation) => fleet.BeatAsync((int)(n % settings.Agents), cancellation)));
        var facts = new SortedDictionary<string, double> { [Facts.SendLag] = loop.LagP99Ms };
        await StoredCheck.AddAsync(facts, fleet, settings, time);
        var report = meter.Report(run.Definition.Name, window, new Dictionary<string, object>
        {
            ["base"] = settings.Target.Base,
            ["agents"] = settings.Agents,
            ["rate_per_second"] = run.Rate.Value,
        });
        return run.Definition.Judge(report with { Facts = facts }, run.Strict);
    }
}
