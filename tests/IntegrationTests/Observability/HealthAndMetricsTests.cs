using System.Net;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.Agents;
using Certctl.IntegrationTests.BulkRenewals;

namespace Certctl.IntegrationTests.Observability;

[Collection(SharedServer.Name)]
public sealed class HealthAndMetricsTests(SharedServer server)
{
    private readonly HttpClient probe = server.Anonymous();

    [Fact]
    public async Task Probes_need_no_token_and_name_what_they_checked()
    {
        (await probe.Get("/health/live")).Is(HttpStatusCode.OK);
        var ready = (await probe.Get("/health/ready")).Is(HttpStatusCode.OK).Json;
        Assert.Equal("ready", ready.Text("status"));
        Assert.Equal(("ready", "ready"), (ready.GetProperty("checks").Text("postgresql"), ready.GetProperty("checks").Text("rabbitmq")));
    }

    [Fact]
    public async Task Metrics_tell_of_renewals_heartbeats_and_requests()
    {
        var seed = new CertificateSeed("metrics");
        await seed.InsertAsync(server.Database);
        await server.Client(Role.Operator).RunBulk(seed);
        var (id, agent) = await server.RegisterAgent("metrics");
        (await agent.Beat(id)).Is(HttpStatusCode.Accepted);
        await Eventually.Becomes(
            async () => (await probe.Get("/metrics")).Is(HttpStatusCode.OK).Body,
            body => ((string[])["certctl_renewals", "certctl_issuance_duration", "certctl_heartbeat_accepted", "certctl_heartbeat_lag", "certctl_agents",
                "http_server_request_duration"]).All(name => body.Contains(name, StringComparison.Ordinal)), "all instruments are shown");
    }

    [Fact]
    public async Task The_summary_counts_what_the_database_holds()
    {
        var summary = await server.Client(Role.Viewer).Read("stats/summary");
        Assert.Equal(await server.Database.Value<long>("SELECT count(*) FROM managed_certificates"), summary.Number("total_certificates"));
        Assert.Equal(summary.Number("total_agents"), summary.Number("online_agents") + summary.Number("offline_agents"));
    }
}
