using System.Net;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.BulkRenewals;

namespace Certctl.IntegrationTests.Certificates;

[Collection(SharedServer.Name)]
public sealed class ChangeTests(SharedServer server)
{
    private readonly HttpClient client = server.Client(Role.Operator);

    [Fact]
    public async Task A_new_certificate_is_issued_by_itself()
    {
        string[] sans = ["www.create.example.test"];
        var created = (await client.Post("certificates", NewCertificates.Request("create", ("sans", sans)))).Is(HttpStatusCode.Created);
        Assert.Equal($"/api/v1/certificates/{created.Json.Text("id")}", created.Location);
        var version = (await client.VersionsBecome(created.Json.Text("id"), 1))[0];
        using var leaf = version.Leaf();
        Assert.True(leaf.MatchesHostname("create.example.test") && leaf.MatchesHostname("www.create.example.test"));
        Assert.Equal("Active", (await client.Read($"certificates/{created.Json.Text("id")}")).Text("status"));
    }

    [Fact]
    public async Task A_name_is_given_once_and_references_must_be_known()
    {
        await client.Create("create-twice");
        (await client.Post("certificates", NewCertificates.Request("create-twice"))).IsProblem(HttpStatusCode.Conflict);
        foreach (var field in (string[])["profile_id", "owner_id", "team_id", "renewal_policy_id", "agent_id"])
            (await client.Post("certificates", NewCertificates.Request("create-unknown", (field, "unknown")))).Names(field);
    }

    [Theory]
    [InlineData("sub.example.org")]
    [InlineData("*.example.org")]
    [InlineData("10.0.0.1")]
    [InlineData("bad_host.example.test")]
    [InlineData("")]
    public async Task Names_outside_the_profile_are_refused_before_anything_is_written(string name)
    {
        (await client.Post("certificates", NewCertificates.Request("create-outside", ("common_name", name)))).Names("common_name");
        Assert.Equal(0, await server.Database.Value<long>("SELECT count(*) FROM managed_certificates WHERE name = 'create-outside'"));
    }

    [Fact]
    public async Task If_match_lets_only_the_holder_of_the_present_state_change_or_archive()
    {
        var (id, _) = await client.CreateAndIssue("etag");
        var path = $"certificates/{id}";
        var stale = (await client.Get(path)).Headers.ETag!.ToString();
        var changed = (await client.Patch(path, new { environment = "changed" }, ("If-Match", stale))).Is(HttpStatusCode.OK);
        Assert.NotEqual(stale, changed.Headers.ETag!.ToString());

        (await client.Patch(path, new { environment = "lost" }, ("If-Match", stale))).IsProblem(HttpStatusCode.PreconditionFailed);
        (await client.Delete(path, ("If-Match", stale))).IsProblem(HttpStatusCode.PreconditionFailed);
        Assert.Equal("changed", (await client.Read(path)).Text("environment"));
        (await client.Delete(path, ("If-Match", changed.Headers.ETag!.ToString()))).Is(HttpStatusCode.NoContent);
        Assert.Equal("Archived", (await client.Read(path)).Text("status"));
    }

    [Fact]
    public async Task Identity_cannot_be_changed()
    {
        var id = await client.Create("identity");
        foreach (var field in (string[])["common_name", "profile_id", "issuer_id", "id", "status"])
            (await client.Patch($"certificates/{id}", new Dictionary<string, string> { [field] = "x" })).Names(field);
    }

    [Fact]
    public async Task Null_clears_and_what_is_left_out_stays()
    {
        var id = await client.Create("patch-null", ("tags", new { team = "blue" }));
        var changed = (await client.Patch($"certificates/{id}", new Dictionary<string, string?> { ["environment"] = null })).Is(HttpStatusCode.OK).Json;
        Assert.Equal(System.Text.Json.JsonValueKind.Null, changed.TryGetProperty("environment", out var environment) ? environment.ValueKind : System.Text.Json.JsonValueKind.Null);
        Assert.Equal("blue", changed.GetProperty("tags").Text("team"));
    }

    [Fact]
    public async Task A_revoked_certificate_is_neither_renewed_nor_revoked_again_and_its_key_is_gone()
    {
        var (id, version) = await client.CreateAndIssue("revoke");
        (await client.Post($"certificates/{id}/revoke", new { reason = "no such reason" })).Names("reason");
        Assert.Equal("Revoked", (await client.Post($"certificates/{id}/revoke", new { reason = "superseded" })).Is(HttpStatusCode.OK).Json.Text("status"));
        (await client.Post($"certificates/{id}/revoke", new { reason = "superseded" })).IsProblem(HttpStatusCode.Conflict);
        (await client.Post($"certificates/{id}/renew")).IsProblem(HttpStatusCode.Conflict);
        (await client.Post($"certificates/{id}/versions/{version.Text("id")}/private-key")).IsProblem(HttpStatusCode.Gone);
        Assert.Equal(version.Text("serial_number"), await server.Database.Value<string>(
            "SELECT serial_number FROM certificate_revocations WHERE certificate_id = $1", id));
    }

    [Fact]
    public async Task A_bulk_revocation_revokes_what_matches_and_says_what_it_skipped()
    {
        var seed = new CertificateSeed("bulk-revoke", 6);
        await seed.InsertAsync(server.Database);
        await client.RunBulk(seed);
        (await client.Post($"certificates/{seed.Id(1)}/revoke", new { reason = "superseded" })).Is(HttpStatusCode.OK);
        var accepted = (await server.Client(Role.Admin).Post("certificates/bulk-revoke", new { environment = seed.Environment, reason = "cessationOfOperation" }))
            .Is(HttpStatusCode.Accepted);
        var path = $"bulk-revocations/{accepted.Json.Text("id")}";
        Assert.Equal($"/api/v1/{path}", accepted.Location);
        var bulk = await Eventually.Becomes(() => client.Read(path), b => b.Text("status") == "completed", "the bulk revocation has ended");
        Assert.Equal((6, 5, 1), (bulk.Number("total_matched"), bulk.Number("total_completed"), bulk.Skipped("revoked")));
        Assert.Equal(6, await server.Database.Value<long>("""
            SELECT count(*) FROM certificate_revocations r JOIN managed_certificates c ON c.id = r.certificate_id WHERE c.environment = $1 AND c.status = 'Revoked'
            """, seed.Environment));
    }

    [Fact]
    public async Task A_second_renewal_on_the_way_is_a_conflict()
    {
        var profile = (await server.Client(Role.Admin).Post("profiles", new { name = "To renew twice", issuer_id = "iss-local", requires_approval = true }))
            .Is(HttpStatusCode.Created).Json.Text("id");
        var seed = new CertificateSeed("renew-twice") { Profile = profile };
        await seed.InsertAsync(server.Database);
        (await client.Post($"certificates/{seed.Id(1)}/renew")).Is(HttpStatusCode.Accepted);
        (await client.Post($"certificates/{seed.Id(1)}/renew")).IsProblem(HttpStatusCode.Conflict);
        (await client.Post("certificates/mc-unknown/renew")).IsProblem(HttpStatusCode.NotFound);
    }
}
