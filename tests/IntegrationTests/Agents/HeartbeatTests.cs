using System.Net;
using System.Text;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.BulkRenewals;

namespace Certctl.IntegrationTests.Agents;

[Collection(SharedServer.Name)]
public sealed class HeartbeatTests(SharedServer server)
{
    private readonly HttpClient viewer = server.Client(Role.Viewer);

    [Fact]
    public async Task A_heartbeat_is_accepted_stored_and_shown()
    {
        var (id, agent) = await server.RegisterAgent("hb-shown");
        Assert.Equal("offline", (await viewer.Read($"agents/{id}")).Text("status"));
        var before = DateTimeOffset.Parse(await server.Database.Value<string>("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"), null);
        var accepted = (await agent.Beat(id, new { version = "2.1.0", hostname = "web-1", os = "linux", architecture = "amd64", ip_address = "10.0.0.1" }))
            .Is(HttpStatusCode.Accepted).Json;
        Assert.Equal("accepted", accepted.Text("status"));
        Assert.True(accepted.Number("next_heartbeat_seconds") >= 1);

        var shown = await Eventually.Becomes(() => viewer.Read($"agents/{id}"), a => a.Text("status") == "online", "the agent is online", TimeSpan.FromSeconds(5));
        Assert.Equal(("2.1.0", "web-1", "linux", "amd64", "10.0.0.1"),
            (shown.Text("version"), shown.Text("hostname"), shown.Text("os"), shown.Text("architecture"), shown.Text("ip_address")));
        Assert.True(shown.GetProperty("last_heartbeat_at").GetDateTimeOffset() >= before.AddSeconds(-1));
        Assert.Equal(accepted.Number("next_heartbeat_seconds"), shown.Number("heartbeat_interval_seconds"));
        Assert.Equal(1, await server.Database.Value<long>(
            "SELECT count(*) FROM audit_events WHERE action = 'agent_came_online' AND resource_id = $1", id));
    }

    [Fact]
    public async Task A_body_is_optional_and_unknown_fields_are_passed_over()
    {
        var (id, agent) = await server.RegisterAgent("hb-bodies");
        (await agent.Beat(id)).Is(HttpStatusCode.Accepted);
        (await agent.Beat(id, new { version = "9", from_the_future = new { a = 1 } })).Is(HttpStatusCode.Accepted);
        await Eventually.Becomes(() => viewer.Read($"agents/{id}"), a => a.GetProperty("version").GetString() == "9", "the version is stored");
    }

    [Theory]
    [InlineData("""{"version": 7}""", "version")]
    [InlineData("""{"hostname": "a\u0000"}""", "hostname")]
    [InlineData("""[1]""", "body")]
    [InlineData("""{""", "body")]
    public async Task A_wrong_body_is_refused_by_field(string json, string field)
    {
        var (id, agent) = await server.RegisterAgent("hb-wrong-" + Guid.NewGuid().ToString("N"));
        (await agent.Beat(id, new StringContent(json, Encoding.UTF8, "application/json"))).Names(field);
        (await agent.Beat(id, new StringContent($$"""{"version": "{{new string('x', 9_000)}}"}""", Encoding.UTF8, "application/json")))
            .IsProblem(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Unknown_retired_and_other_agents_get_their_own_answers()
    {
        var (id, agent) = await server.RegisterAgent("hb-answers");
        var (other, _) = await server.RegisterAgent("hb-answers-other");
        (await agent.Beat(other)).IsProblem(HttpStatusCode.Forbidden);
        (await agent.Beat("ag-unknown")).IsProblem(HttpStatusCode.NotFound);
        (await viewer.Beat(id)).IsProblem(HttpStatusCode.Forbidden);

        var manager = server.Client(Role.Operator);
        (await manager.Delete($"agents/{id}")).Is(HttpStatusCode.NoContent);
        (await manager.Delete($"agents/{id}")).Is(HttpStatusCode.NoContent);
        (await agent.Beat(id)).IsProblem(HttpStatusCode.Gone);
        Assert.Equal("retired", (await viewer.Read($"agents/{id}")).Text("status"));
        (await manager.Delete("agents/ag-unknown")).IsProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_gateways_key_speaks_for_the_agents_of_its_prefix_only()
    {
        await server.Database.Execute("""
            INSERT INTO agents (id, name, registered_at, updated_at) VALUES ('ag-gateway-7', 'gateway-7', now(), now());
            INSERT INTO agent_liveness (agent_id, heartbeat_interval_seconds, online) VALUES ('ag-gateway-7', 30, false)
            """);
        var gateway = server.Client(Role.Agent);
        (await gateway.Beat("ag-gateway-7")).Is(HttpStatusCode.Accepted);
        var (id, _) = await server.RegisterAgent("hb-not-the-gateways");
        (await gateway.Beat(id)).IsProblem(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task An_agent_that_beats_too_often_is_slowed_down_alone()
    {
        var (id, agent) = await server.RegisterAgent("hb-eager");
        var (other, calm) = await server.RegisterAgent("hb-calm");
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => agent.Beat(id)));
        var refused = answers.Where(a => a.Status != HttpStatusCode.Accepted).ToList();
        Assert.NotEmpty(refused);
        refused[0].IsProblem(HttpStatusCode.TooManyRequests);
        Assert.NotNull(refused[0].Headers.RetryAfter);
        (await calm.Beat(other)).Is(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task An_agent_that_many_retire_at_once_is_retired_for_all_of_them()
    {
        var (id, _) = await server.RegisterAgent("hb-retired-by-many");
        var manager = server.Client(Role.Operator);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => manager.Delete($"agents/{id}"))), a => a.Is(HttpStatusCode.NoContent));
        Assert.Equal(1, await server.Database.Value<long>("SELECT count(*) FROM audit_events WHERE action = 'agent_retired' AND resource_id = $1", id));
        (await manager.Delete($"agents/{id}", ("If-Match", "\"1\""))).IsProblem(HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task A_storm_of_a_whole_fleet_is_stored_to_the_last_agent()
    {
        await server.Database.Execute("""
            INSERT INTO agents (id, name, registered_at, updated_at) SELECT 'ag-gateway-storm-' || g, 'storm-' || g, now(), now() FROM generate_series(1, 500) g;
            INSERT INTO agent_liveness (agent_id, heartbeat_interval_seconds, online) SELECT 'ag-gateway-storm-' || g, 30, false FROM generate_series(1, 500) g
            """);
        // The directory's refresh finds them; an id that it does not know yet is looked for at a bounded rate.
        var gateway = server.Client(Role.Agent);
        await Task.WhenAll(Enumerable.Range(1, 500).Select(n =>
            Eventually.Becomes(() => gateway.Beat($"ag-gateway-storm-{n}"), a => a.Status == HttpStatusCode.Accepted, "the heartbeat is accepted")));
        await Eventually.Becomes(
            () => server.Database.Value<long>("SELECT count(*) FROM agent_liveness WHERE agent_id LIKE 'ag-gateway-storm-%' AND online AND last_heartbeat_at IS NOT NULL"),
            stored => stored == 500, "every agent is online");
    }
}
