using System.Net;
using System.Text.Json;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.BulkRenewals;

namespace Certctl.IntegrationTests.Agents;

[Collection(SharedServer.Name)]
public sealed class OfflineTests(SharedServer server)
{
    private readonly HttpClient viewer = server.Client(Role.Viewer);

    [Fact]
    public async Task An_agent_that_falls_silent_goes_offline_and_comes_back_with_its_next_heartbeat()
    {
        var (id, agent) = await server.RegisterAgent("silent");
        (await agent.Beat(id)).Is(HttpStatusCode.Accepted);
        await BecomesAsync(id, "online");
        await BecomesAsync(id, "offline");
        Assert.Equal(1, await AuditedAsync("agent_went_offline", id));

        (await agent.Beat(id)).Is(HttpStatusCode.Accepted);
        await BecomesAsync(id, "online");
        Assert.Equal(2, await AuditedAsync("agent_came_online", id));
    }

    [Fact]
    public async Task Silence_during_an_outage_of_ours_marks_nobody_offline()
    {
        // Both were last heard an hour ago; intake has worked again for a moment. The one that beats every second is overdue
        // since, the other is not.
        await server.Database.Execute("""
            INSERT INTO agents (id, name, registered_at, updated_at) VALUES ('ag-outage-fast', 'outage-fast', now(), now()), ('ag-outage-slow', 'outage-slow', now(), now());
            INSERT INTO agent_liveness (agent_id, last_heartbeat_at, heartbeat_interval_seconds, online)
            VALUES ('ag-outage-fast', now() - interval '1 hour', 1, true), ('ag-outage-slow', now() - interval '1 hour', 600, true);
            UPDATE heartbeat_intake SET continuous_since = now(), last_intake_at = now()
            """);
        await BecomesAsync("ag-outage-fast", "offline");
        Assert.Equal("online", (await viewer.Read("agents/ag-outage-slow")).Text("status"));
    }

    [Fact]
    public async Task An_older_heartbeat_never_overwrites_a_newer_one()
    {
        var (id, agent) = await server.RegisterAgent("newer");
        // As if a heartbeat of the future had overtaken the one that is sent now.
        await server.Database.Execute("UPDATE agent_liveness SET last_heartbeat_at = now() + interval '1 hour', online = true WHERE agent_id = $1", id);
        var (marker, other) = await server.RegisterAgent("newer-marker");
        (await agent.Beat(id, new { version = "overtaken" })).Is(HttpStatusCode.Accepted);
        (await other.Beat(marker)).Is(HttpStatusCode.Accepted);
        await BecomesAsync(marker, "online");
        Assert.True(await server.Database.Value<bool>("SELECT last_heartbeat_at > now() + interval '50 minutes' FROM agent_liveness WHERE agent_id = $1", id));
    }

    private Task<JsonElement> BecomesAsync(string id, string status) =>
        Eventually.Becomes(() => viewer.Read($"agents/{id}"), a => a.Text("status") == status, $"{id} is {status}");

    private Task<long> AuditedAsync(string action, string id) =>
        server.Database.Value<long>("SELECT count(*) FROM audit_events WHERE action = $1 AND resource_id = $2", action, id);
}
