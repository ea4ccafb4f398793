using Certctl.Load.Definitions;
using Certctl.Load.Http;
using Certctl.Load.Measuring;
using Certctl.Load.Running;

namespace Certctl.Load.Rest;

/// <summary>Certificates created and listed side by side. What was created must be issued, and is archived at the end.</summary>
internal static class ApiScenario
{
    public static async Task<Report> RunAsync(ApiSettings settings, TimeProvider time)
    {
        var run = settings.Run;
        using var client = new LoadClient(settings.Target.Base, settings.Target.Token, settings.Target.CaFile);
        var created = new CreatedCertificates(client, settings, time);
        var list = new CertificateList(client, settings.Environment);
        var meter = new Meter(Steps.Create, Steps.List);
        // Two of a kind, one after the other, so that each kind has the rate.
        var loop = new OpenLoop(meter, 2 * run.Rate!.Value, run.Definition.MaxInFlight!.Value, run.WarmUp, run.Duration, time);
        var window = await Progress.DuringAsync(meter, time, () => loop.RunAsync(
            n => n % 2 == 0 ? Steps.Create : Steps.List,
            (n, cancellation) => n % 2 == 0 ? created.CreateAsync(n / 2, cancellation) : list.ReadAsync(n / 2, cancellation)));
        var facts = new SortedDictionary<string, double> { [Facts.SendLag] = loop.LagP99Ms };
        facts[Facts.NotIssued] = await created.NotIssuedAsync();
        facts[Facts.NotArchived] = await created.ArchiveAsync();
        var report = meter.Report(run.Definition.Name, window, new Dictionary<string, object>
        {
            ["base"] = settings.Target.Base,
            ["profile"] = settings.Profile,
            ["rate_per_second_each"] = run.Rate.Value,
            ["created"] = created.Count,
        });
        return run.Definition.Judge(report with { Facts = facts }, run.Strict);
    }
}
