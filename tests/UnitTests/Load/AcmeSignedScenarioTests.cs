using Certctl.Load.AcmeSigned;
using Certctl.Load.Definitions;
using Certctl.Load.Measuring;
using Certctl.UnitTests.Load.Servers;

namespace Certctl.UnitTests.Load;

public sealed class AcmeSignedScenarioTests : IAsyncLifetime
{
    private readonly FakeAcme acme = new();
    private FakeServer? server;

    public async ValueTask InitializeAsync() => server = await FakeServer.StartAsync(acme.Map);

    public async ValueTask DisposeAsync()
    {
        await server!.DisposeAsync();
        acme.Dispose();
    }

    [Fact]
    public async Task An_honest_server_passes()
    {
        var report = await RunAsync();

        report.Passes();
        // newOrder, finalize and the certificate: what scripts read of the result.
        Assert.InRange((double)report.Settings["requests_per_flow"], 2.5, 4);
        Assert.Equal(Meter.Flow, report.Steps[^1].Name);
    }

    [Fact]
    public async Task A_certificate_of_another_key_fails_the_run()
    {
        acme.CertifiesAnotherKey = true;
        Assert.Contains("failed flows", (await RunAsync()).Missed());
    }

    [Fact]
    public async Task An_order_that_is_not_ready_fails_the_run()
    {
        acme.OrderStatus = "pending";
        (await RunAsync()).Misses("flows", "failed flows", "flow p95 ms", "flow p99 ms");
    }

    [Fact]
    public async Task A_refused_flow_fails_the_run()
    {
        server!.Refuse = (n, path) => n > 12 && path.Value!.EndsWith("finalize", StringComparison.Ordinal) && n % 5 == 0 ? 500 : null;
        Assert.Contains("failed flows", (await RunAsync()).Missed());
    }

    [Fact]
    public async Task A_slow_server_breaks_both_latencies()
    {
        // The tenth of 5 and of 10 seconds.
        server!.Late = (_, path) => path.Value!.EndsWith("finalize", StringComparison.Ordinal) ? TimeSpan.FromSeconds(1.1) : TimeSpan.Zero;
        (await RunAsync(strict: true, seconds: 1.8)).Misses("flow p95 ms", "flow p99 ms", "longest silence ms");
    }

    [Fact]
    public async Task A_stall_that_a_closed_loop_hides_is_seen_as_silence()
    {
        // Two flows of many wait, below every latency's strict limit.
        server!.StallAt(request: 60, TimeSpan.FromMilliseconds(700));
        Assert.Contains("longest silence ms", (await RunAsync(strict: true, seconds: 2)).Missed());
    }

    private Task<Report> RunAsync(bool strict = false, double seconds = 0.5) => AcmeSignedScenario.RunAsync(new AcmeSignedSettings(
        ScenarioRun.Options(Catalog.AcmeSigned, rate: null, seconds) with { Strict = strict }, server!.Url + FakeAcme.DirectoryPath, CaFile: null,
        IssuerCaFile: null, Clients: 2, Challenge: false, Http01Port: 0, DnsPort: 0, "load.example.test", NamePool: 0, TimeSpan.FromMilliseconds(1),
        VerifyEvery: 1, ExternalAccount: null), TimeProvider.System);
}
