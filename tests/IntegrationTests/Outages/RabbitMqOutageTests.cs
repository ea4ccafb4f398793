using System.Net;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.Agents;
using Certctl.IntegrationTests.BulkRenewals;

namespace Certctl.IntegrationTests.Outages;

[Collection(OutageServer.Name)]
public sealed class RabbitMqOutageTests(OutageServer server)
{
    private readonly HttpClient client = server.Client(Role.Operator);

    [Fact]
    public async Task Without_rabbitmq_bulks_are_accepted_heartbeats_are_refused_in_time_and_all_recovers_by_itself()
    {
        var (id, agent) = await server.RegisterAgent("broker-outage");
        (await agent.Beat(id)).Is(HttpStatusCode.Accepted);
        var seed = new CertificateSeed("broker-outage", 300);
        await seed.InsertAsync(server.Database);

        string bulk;
        await TestServices.StopAsync("rabbitmq");
        try
        {
            var heartbeats = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => OutageServer.InTime(() => agent.Beat(id))));
            Assert.All(heartbeats, OutageServer.IsUnavailable);
            var accepted = await OutageServer.InTime(() => client.Post("certificates/bulk-renew", new { environment = seed.Environment }));
            bulk = accepted.Is(HttpStatusCode.Accepted).Json.Text("id");
            (await server.ReadinessBecomes("degraded")).Is(HttpStatusCode.OK);
            OutageServer.IsUnavailable(await OutageServer.InTime(() => agent.Beat(id)));
            Assert.Equal("queued", (await client.Read($"bulk-renewals/{bulk}")).Text("status"));
        }
        finally
        {
            await TestServices.StartAsync("rabbitmq");
        }

        (await server.ReadinessBecomes("ready")).Is(HttpStatusCode.OK);
        Assert.Equal(300, (await client.EndOfBulk(bulk, TimeSpan.FromSeconds(60))).Number("total_completed"));
        (await agent.Beat(id)).Is(HttpStatusCode.Accepted);
    }
}
