using System.Globalization;
using Certctl.Load.Loopback;
using Certctl.Load.Measuring;
using Certctl.Load.Running;
using Certctl.Rfc8555;

namespace Certctl.Load.AcmeSigned;

/// <summary>Whole signed flows, from newOrder to the certificate, a new key each, in a closed loop.</summary>
internal static class AcmeSignedScenario
{
    /// <returns>The exit code: 0 when every threshold was kept, else 1.</returns>
    public static async Task<int> RunAsync(AcmeSignedSettings settings)
    {
        using var http = AcmeHttp.Create(settings.CaFile);
        await using var solver = settings.Http01Port > 0 ? Http01Solver.Start(settings.Http01Port) : null;
        await using var dns = settings.DnsPort > 0 ? DnsResponder.Start(settings.DnsPort, new DnsTable()) : null;
        var meter = new Meter(SignedFlow.Steps);
        var names = new FlowNames(settings.NameSuffix, settings.NamePool);
        var check = new CertificateCheck(settings.IssuerCaFile ?? settings.CaFile);
        var clients = await AccountsAsync(settings, http);
        try
        {
            var flows = clients.Select(c => new SignedFlow(c, settings, meter, names, check, solver, TimeProvider.System)).ToArray();
            var before = clients.Sum(c => c.Requests);
            var loop = new ClosedLoop(meter, settings.Clients, settings.WarmUp, settings.Duration, TimeProvider.System);
            var window = await loop.RunAsync((i, cancellation) => flows[i].RunAsync(cancellation));
            var requests = clients.Sum(c => c.Requests) - before;
            return await ReportAsync(settings, meter, window, requests / (double)Math.Max(1, meter.Finished));
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

    private static async Task<int> ReportAsync(AcmeSignedSettings settings, Meter meter, TimeSpan window, double requestsPerFlow)
    {
        var report = meter.Report("acme-signed", window, new Dictionary<string, object>
        {
            ["directory"] = settings.Directory,
            ["mode"] = settings.Challenge ? "challenge" : "trust",
            ["clients"] = settings.Clients,
            ["warm_up_seconds"] = settings.WarmUp.TotalSeconds,
            ["poll_ms"] = settings.Poll.TotalMilliseconds,
            ["requests_per_flow"] = Math.Round(requestsPerFlow, 2),
        });
        report = report with { Thresholds = [.. settings.Thresholds.Select(t => t.Judge(report))] };
        report.Print(Console.Out);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {requestsPerFlow:F2} requests a flow"));
        if (settings.JsonFile is not null) await report.WriteAsync(settings.JsonFile);
        return report.Passed ? 0 : 1;
    }
}
