using System.Net;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.Agents;
using Certctl.IntegrationTests.BulkRenewals;

namespace Certctl.IntegrationTests.Outages;

[Collection(OutageServer.Name)]
public sealed class PostgresOutageTests(OutageServer server)
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(10);
    private readonly HttpClient client = server.Client(Role.Operator);

    [Fact]
    public async Task A_bulk_outlives_the_loss_of_postgresql_and_heartbeats_are_accepted_meanwhile()
    {
        var (id, agent) = await server.RegisterAgent("database-outage");
        (await agent.Beat(id)).Is(HttpStatusCode.Accepted);
        var seed = new CertificateSeed("database-outage", 8_000) { Profile = "prof-burst" };
        await seed.InsertAsync(server.Database);
        var bulk = await client.StartBulk(seed);
        await Eventually.Becomes(() => client.Read($"bulk-renewals/{bulk}"), b => b.Completed() > 0, "the bulk has begun");
        var events = client.EventsOf(bulk, TimeSpan.FromMinutes(3));

        await TestServices.StopAsync("postgres");
        try
        {
            (await server.ReadinessBecomes("unavailable")).Is(HttpStatusCode.ServiceUnavailable);
            OutageServer.IsUnavailable(await OutageServer.InTime(() => client.Get("certificates")));
            await RelyingPartiesAreToldToComeBackAsync();
            (await OutageServer.InTime(() => server.Client("unknown-here").Get("/metrics"))).Is(HttpStatusCode.OK);
            await BeatForAsync(Outage, agent, id);
        }
        finally
        {
            await TestServices.StartAsync("postgres");
        }

        (await agent.Beat(id)).Is(HttpStatusCode.Accepted);
        await Eventually.Holds(
            () => server.Database.Value<bool>("SELECT last_heartbeat_at > now() - interval '10 seconds' FROM agent_liveness WHERE agent_id = $1", id),
            "heartbeats are current again", TimeSpan.FromSeconds(10));
        await server.ReadinessBecomes("ready");

        var ended = await client.EndOfBulk(bulk, TimeSpan.FromSeconds(90));
        Assert.Equal(("completed", 8_000, 0), (ended.Text("status"), ended.Number("total_completed"), ended.Number("total_failed")));
        Assert.Equal("completed", (await events)[^1].EventType);
        Assert.Equal((8_000, 8_000), (
            await server.Database.Value<long>("SELECT count(*) FROM certificate_versions v JOIN renewals r ON r.version_id = v.id WHERE r.bulk_renewal_id = $1", bulk),
            await server.Database.Value<long>("SELECT count(DISTINCT v.serial_number) FROM certificate_versions v JOIN renewals r ON r.id = v.renewal_id WHERE r.bulk_renewal_id = $1", bulk)));
        Assert.Equal(8_000, await server.Database.Value<long>(
            "SELECT count(*) FROM managed_certificates WHERE environment = $1 AND status = 'Active'", seed.Environment));
        Assert.Equal(0, await server.Database.Value<long>("SELECT count(*) FROM audit_events WHERE action = 'agent_went_offline'"));
    }

    private async Task RelyingPartiesAreToldToComeBackAsync()
    {
        OutageServer.IsUnavailable(await OutageServer.InTime(() => client.Get($"{server.PkiBase}crl/iss-local.crl")));
        OutageServer.IsUnavailable(await OutageServer.InTime(() => client.Get($"{server.PkiBase}ca/iss-local.crt")));
        Assert.Equal([0x30, 0x03, 0x0a, 0x01, 0x03], (await OutageServer.InTime(() => client.Get($"{server.PkiBase}ocsp/iss-unknown/MAA="))).Is(HttpStatusCode.OK).Bytes);
    }

    private static async Task BeatForAsync(TimeSpan time, HttpClient agent, string id)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        for (var n = 0; n < time / timer.Period; n++)
        {
            (await OutageServer.InTime(() => agent.Beat(id))).Is(HttpStatusCode.Accepted);
            await timer.WaitForNextTickAsync();
        }
    }
}
