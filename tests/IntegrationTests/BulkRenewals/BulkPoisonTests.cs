using System.Net;
using Certctl.Core.Domain.Access;

namespace Certctl.IntegrationTests.BulkRenewals;

/// <summary>A bulk whose expansion always throws is not the end of those after it.</summary>
[Collection(SharedServer.Name)]
public sealed class BulkPoisonTests(SharedServer server)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly HttpClient client = server.Client(Role.Admin);

    [Fact]
    public async Task A_bulk_renewal_that_never_expands_is_failed_with_its_reason_and_later_ones_go_on()
    {
        var poison = new CertificateSeed("bulk-poison", 3);
        var healthy = new CertificateSeed("bulk-after-poison", 3);
        await poison.InsertAsync(server.Database);
        await healthy.InsertAsync(server.Database);
        await server.Database.Execute("""
            CREATE FUNCTION refuse_bulk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poison in a bulk'; END $$;
            CREATE TRIGGER refuse_bulk BEFORE INSERT ON renewals FOR EACH ROW WHEN (NEW.certificate_id = 'mc-bulk-poison-00002') EXECUTE FUNCTION refuse_bulk();
            """);
        var first = await client.StartBulk(poison);
        var second = await client.StartBulk(healthy);

        var tried = await Eventually.Becomes(() => client.Read($"bulk-renewals/{first}"), b => b.Number("expansion_attempts") > 0, "an attempt is recorded", Patience);
        Assert.Contains("poison in a bulk", tried.Text("last_error"), StringComparison.Ordinal);
        var failed = await client.EndOfBulk(first, Patience);
        Assert.Equal(("failed", 5L, 0L), (failed.Text("status"), failed.Number("expansion_attempts"), failed.Number("total_enqueued")));
        Assert.Contains("poison in a bulk", failed.Text("last_error"), StringComparison.Ordinal);
        Assert.Equal(3, (await client.EndOfBulk(second, Patience)).Number("total_completed"));
        Assert.Equal(3, await server.Database.Value<long>("SELECT count(*) FROM managed_certificates WHERE environment = 'bulk-poison' AND status = 'Active'"));
        Assert.Equal(1, await server.Database.Value<long>("SELECT count(*) FROM audit_events WHERE action = 'bulk_renewal_failed' AND resource_id = $1", first));
        (await client.Post($"bulk-renewals/{first}/cancel")).IsProblem(HttpStatusCode.Conflict);

        await server.Database.Execute("DROP TRIGGER refuse_bulk ON renewals; DROP FUNCTION refuse_bulk()");
        Assert.Equal(3, (await client.RunBulk(poison)).Number("total_completed"));
    }

    [Fact]
    public async Task A_bulk_that_expands_once_its_cause_is_mended_completes()
    {
        var seed = new CertificateSeed("bulk-mended", 2);
        await seed.InsertAsync(server.Database);
        await server.Database.Execute("""
            CREATE FUNCTION refuse_mended() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'for a while'; END $$;
            CREATE TRIGGER refuse_mended BEFORE INSERT ON renewals FOR EACH ROW WHEN (NEW.certificate_id = 'mc-bulk-mended-00002') EXECUTE FUNCTION refuse_mended();
            """);
        var id = await client.StartBulk(seed);
        await Eventually.Becomes(() => client.Read($"bulk-renewals/{id}"), b => b.Number("expansion_attempts") > 0, "an attempt is recorded", Patience);
        await server.Database.Execute("DROP TRIGGER refuse_mended ON renewals; DROP FUNCTION refuse_mended()");
        var bulk = await client.EndOfBulk(id, Patience);
        Assert.Equal(("completed", 2L, 0L), (bulk.Text("status"), bulk.Number("total_completed"), bulk.Number("expansion_attempts")));
    }

    [Fact]
    public async Task A_bulk_revocation_that_can_never_be_done_is_failed_and_later_ones_go_on()
    {
        var poison = new CertificateSeed("revoke-poison", 2);
        var healthy = new CertificateSeed("revoke-after-poison", 2);
        await poison.InsertAsync(server.Database);
        await healthy.InsertAsync(server.Database);
        await server.Database.Execute("""
            CREATE FUNCTION refuse_revocation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poison in a revocation'; END $$;
            CREATE TRIGGER refuse_revocation BEFORE UPDATE ON managed_certificates FOR EACH ROW
                WHEN (NEW.id = 'mc-revoke-poison-00002' AND NEW.status = 'Revoked') EXECUTE FUNCTION refuse_revocation();
            """);
        var first = (await client.Post("certificates/bulk-revoke", new { environment = poison.Environment, reason = "superseded" })).Is(HttpStatusCode.Accepted).Location;
        var second = (await client.Post("certificates/bulk-revoke", new { environment = healthy.Environment, reason = "superseded" })).Is(HttpStatusCode.Accepted).Location;
        var failed = await Eventually.Becomes(() => client.Read(first), b => b.Text("status") == "failed", "it is failed", Patience);
        Assert.Contains("poison in a revocation", failed.Text("last_error"), StringComparison.Ordinal);
        Assert.Equal(2, (await Eventually.Becomes(() => client.Read(second), b => b.Text("status") == "completed", "the next is done", Patience)).Number("total_completed"));
        Assert.Equal(2, await server.Database.Value<long>("SELECT count(*) FROM managed_certificates WHERE environment = 'revoke-poison' AND status = 'Active'"));
        await server.Database.Execute("DROP TRIGGER refuse_revocation ON managed_certificates; DROP FUNCTION refuse_revocation()");
    }
}
