using System.Diagnostics;
using System.Net;
using Certctl.Core.Domain.Access;

namespace Certctl.IntegrationTests.BulkRenewals;

/// <summary>The fixtures of <c>make seed-scale</c>, as they are.</summary>
[Collection(SharedServer.Name)]
public sealed class LoadFixtureTests(SharedServer server)
{
    [Fact]
    public async Task Ten_thousand_certificates_are_accepted_at_once_and_renewed_to_the_last()
    {
        for (var twice = 0; twice < 2; twice++) await server.Database.Execute(await SeedAsync("01_bulk_renewal_certs.sql"));
        var client = server.Client(Role.Operator);
        var waited = Stopwatch.StartNew();
        var accepted = await client.Post("certificates/bulk-renew", new { team_id = "t-platform", issuer_id = "iss-local", environment = "loadtest" });
        // A bound for a busy machine: what is accepted is an intent, however many certificates it matches.
        Assert.True(waited.Elapsed < TimeSpan.FromSeconds(1), $"accepted only after {waited.Elapsed}");
        var bulk = await client.EndOfBulk(accepted.Is(HttpStatusCode.Accepted).Json.Text("id"), TimeSpan.FromSeconds(60));
        Assert.Equal((10_000, 10_000), (bulk.Number("total_enqueued"), bulk.Number("total_completed")));
        Assert.Equal(10_000, await server.Database.Value<long>("""
            SELECT count(DISTINCT v.serial_number) FROM certificate_versions v JOIN managed_certificates c ON c.id = v.certificate_id
            WHERE c.environment = 'loadtest' AND c.status = 'Active' AND c.expires_at = v.not_after
            """));
    }

    [Fact]
    public async Task The_fleet_is_seeded_once_and_seen_online()
    {
        for (var twice = 0; twice < 2; twice++) await server.Database.Execute(await SeedAsync("02_agent_fleet.sql"));
        Assert.Equal(5_000, await server.Database.Value<long>("SELECT count(*) FROM agents WHERE id LIKE 'ag-loadtest-%'"));
        var page = await server.Client(Role.Viewer).Read("agents?name_prefix=loadtest-agent-&limit=500");
        Assert.Equal(500, page.GetProperty("data").GetArrayLength());
        // They never beat here, and would only keep offline detection busy.
        await server.Database.Execute("DELETE FROM agent_liveness WHERE agent_id LIKE 'ag-loadtest-%'; DELETE FROM agents WHERE id LIKE 'ag-loadtest-%'");
    }

    [Fact]
    public async Task A_larger_seed_lies_beside_what_the_scenarios_renew()
    {
        const string beyond = "id > 'cert-loadtest-bulk-10000' AND environment = 'loadtest-scale'";
        await server.Database.Execute("SET loadtest.certificates = 10002; " + await SeedAsync("01_bulk_renewal_certs.sql"));
        await server.Database.Execute("SET loadtest.agents = 5002; " + await SeedAsync("02_agent_fleet.sql"));
        Assert.Equal(10_000, await server.Database.Value<long>("SELECT count(*) FROM managed_certificates WHERE environment = 'loadtest'"));
        Assert.Equal(2, await server.Database.Value<long>($"SELECT count(*) FROM managed_certificates WHERE {beyond}"));
        Assert.Equal(5_002, await server.Database.Value<long>("SELECT count(*) FROM agents WHERE id LIKE 'ag-loadtest-%'"));
        await server.Database.Execute($"""
            DELETE FROM managed_certificates WHERE {beyond};
            DELETE FROM agent_liveness WHERE agent_id LIKE 'ag-loadtest-%';
            DELETE FROM agents WHERE id LIKE 'ag-loadtest-%'
            """);
    }

    private static Task<string> SeedAsync(string file) =>
        File.ReadAllTextAsync(Path.Combine(Repository.Root, "load", "seed", file), TestContext.Current.CancellationToken);
}
