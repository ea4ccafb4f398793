using System.Net;
using Certctl.Core.Domain.Access;

namespace Certctl.IntegrationTests.BulkRenewals;

[Collection(SharedServer.Name)]
public sealed class BulkFailureTests(SharedServer server)
{
    private readonly HttpClient client = server.Client(Role.Operator);

    [Fact]
    public async Task One_bad_certificate_fails_alone_with_its_reason_and_a_retry_completes_the_bulk()
    {
        const string environment = "bulk-bad-one";
        await new CertificateSeed(environment, 20).InsertAsync(server.Database);
        // Outside of what prof-test allows.
        await server.Database.Execute("""
            UPDATE managed_certificates SET common_name = 'bad.example.org', sans = ARRAY['bad.example.org'] WHERE id = $1
            """, new CertificateSeed(environment).Id(7));

        var id = await client.StartBulk(new { environment });
        var bulk = await client.EndOfBulk(id);
        Assert.Equal("completed", bulk.Text("status"));
        Assert.Equal((20, 19, 1), (bulk.Number("total_enqueued"), bulk.Number("total_completed"), bulk.Number("total_failed")));
        var failed = Assert.Single(await client.RenewalsOf(id), r => r.Text("status") == "failed");
        Assert.Contains("bad.example.org", failed.Text("last_error"), StringComparison.Ordinal);
        Assert.Equal(1, failed.Number("attempts"));
        Assert.Equal("Active", (await client.Read($"certificates/{failed.Text("certificate_id")}")).Text("status"));

        await server.Database.Execute("""
            UPDATE managed_certificates SET common_name = 'good.example.test', sans = ARRAY['good.example.test'] WHERE id = $1
            """, failed.Text("certificate_id"));
        (await client.Post($"renewals/{failed.Text("id")}/retry")).Is(HttpStatusCode.Accepted);
        await client.RenewalBecomes(failed.Text("id"), "completed");
        bulk = await client.EndOfBulk(id);
        Assert.Equal((20, 0), (bulk.Number("total_completed"), bulk.Number("total_failed")));
        (await client.Post($"renewals/{failed.Text("id")}/retry")).IsProblem(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task What_a_disabled_issuer_or_profile_refuses_is_tried_again_later()
    {
        var admin = server.Client(Role.Admin);
        var profile = (await admin.Post("profiles", new { name = "To be disabled", issuer_id = "iss-local" })).Is(HttpStatusCode.Created).Json.Text("id");
        var seed = new CertificateSeed("bulk-disabled") { Profile = profile };
        await seed.InsertAsync(server.Database);
        (await admin.Patch($"profiles/{profile}", new { enabled = false })).Is(HttpStatusCode.OK);
        var id = await client.StartBulk(seed);
        var renewal = await Eventually.Becomes(
            async () => (await client.RenewalsOf(id)).SingleOrDefault(),
            r => r.ValueKind != default && r.Number("attempts") == 1 && r.Text("status") == "pending", "the first attempt is over");
        Assert.Contains("disabled", renewal.Text("last_error"), StringComparison.Ordinal);

        (await admin.Patch($"profiles/{profile}", new { enabled = true })).Is(HttpStatusCode.OK);
        await server.Database.Execute("UPDATE renewals SET next_attempt_at = now() WHERE id = $1", renewal.Text("id"));
        Assert.Equal(1, (await client.EndOfBulk(id)).Number("total_completed"));
    }

    [Fact]
    public async Task A_cancelled_bulk_starts_nothing_more_and_its_books_add_up()
    {
        var seed = new CertificateSeed("bulk-cancel", 4_000);
        await seed.InsertAsync(server.Database);
        var id = await client.StartBulk(seed);
        (await client.Post($"bulk-renewals/{id}/cancel")).Is(HttpStatusCode.Accepted);

        var bulk = await client.EndOfBulk(id);
        Assert.Equal("cancelled", bulk.Text("status"));
        Assert.Equal(bulk.Number("total_enqueued"), bulk.Number("total_completed") + bulk.Number("total_failed") + bulk.Number("total_cancelled"));
        Assert.True(bulk.Number("total_completed") < seed.Count);
        Assert.Equal(0, await server.Database.Value<long>(
            "SELECT count(*) FROM renewals WHERE bulk_renewal_id = $1 AND status NOT IN ('completed', 'failed', 'cancelled')", id));
        Assert.Equal(seed.Count, await server.Database.Value<long>(
            "SELECT count(*) FROM managed_certificates WHERE environment = $1 AND status = 'Active'", seed.Environment));
        Assert.Equal(bulk.Number("total_completed"), await server.Database.Value<long>("""
            SELECT count(*) FROM certificate_versions v JOIN renewals r ON r.id = v.renewal_id WHERE r.bulk_renewal_id = $1
            """, id));
    }

    [Fact]
    public async Task A_bulk_that_is_over_cannot_be_cancelled()
    {
        var seed = new CertificateSeed("bulk-over");
        await seed.InsertAsync(server.Database);
        var bulk = await client.RunBulk(seed);
        (await client.Post($"bulk-renewals/{bulk.Text("id")}/cancel")).IsProblem(HttpStatusCode.Conflict);
        (await client.Post("bulk-renewals/br-unknown/cancel")).IsProblem(HttpStatusCode.NotFound);
    }
}
