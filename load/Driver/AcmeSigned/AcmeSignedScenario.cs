using System.Net;
using Certctl.Load.Loopback;
using Certctl.Load.Measuring;
using Certctl.Load.Running;
using Certctl.Loopback.Dns;
using Certctl.Rfc8555;

namespace Certctl.Load.AcmeSigned;

/// <summary>Whole signed flows, from newOrder to the certificate, a new key each, in a closed loop.</summary>
internal static class AcmeSignedScenario
{
    public static async Task<Report> RunAsync(AcmeSignedSettings settings, TimeProvider time)
    {
        using var http = AcmeHttp.Create(settings.CaFile);
        await using var solver = settings.Http01Port > 0 ? Http01Solver.Start(settings.Http01Port) : null;
        await using var dns = settings.DnsPort > 0 ? new LoopbackDns(settings.DnsPort) { Fallback = IPAddress.Loopback } : null;
        var meter = new Meter([.. SignedFlow.Steps, Meter.Flow]);
        var names = new FlowNames(settings.NameSuffix, settings.NamePool);
        var check = new CertificateCheck(settings.IssuerCaFile ?? settings.CaFile);
        var clients = await AccountsAsync(settings, http);
        try
        {
            var flows = clients.Select(c => new SignedFlow(c, settings, meter, names, check, solver, time)).ToArray();
            var before = clients.Sum(c => c.Requests);
            var loop = new ClosedLoop(meter, Meter.Flow, settings.Clients, settings.Run.WarmUp, settings.Run.Duration, time);
            var window = await Progress.DuringAsync(meter, time, () => loop.RunAsync((i, cancellation) => flows[i].RunAsync(cancellation)));
            var requests = clients.Sum(c => c.Requests) - before;
            return Reported(settings, meter, window, requests / (double)Math.Max(1, meter.Finished));
        }
        finally
        {
            foreach (var client in clients) client.Key.Dispose();
        }
    }

    private static async Task<AcmeClient[]> AccountsAsync(AcmeSignedSettings settings, HttpClient http)
    {
        var clients = new AcmeClient[settings.Clients];
        for (var i = 0; i < clients.Length; i++)
        {
            clients[i] = new AcmeClient(http, settings.Directory, AcmeAccountKey.Es256());
            (await clients[i].NewAccountAsync(externalAccount: settings.ExternalAccount)).Ensured();
        }

        return clients;
    }

    private static Report Reported(AcmeSignedSettings settings, Meter meter, TimeSpan window, double requestsPerFlow)
    {
        var report = meter.Report(settings.Run.Definition.Name, window, new Dictionary<string, object>
        {
            ["directory"] = settings.Directory,
            ["mode"] = settings.Challenge ? "challenge" : "trust",
            ["clients"] = settings.Clients,
            ["warm_up_seconds"] = settings.Run.WarmUp.TotalSeconds,
            ["poll_ms"] = settings.Poll.TotalMilliseconds,
            ["requests_per_flow"] = Math.Round(requestsPerFlow, 2),
        });
        return settings.Run.Definition.Judge(report, settings.Run.Strict);
    }
}
