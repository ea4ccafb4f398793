using System.Net;
using System.Security.Cryptography.X509Certificates;
using Certctl.Core.Domain.Access;

namespace Certctl.IntegrationTests.BulkRenewals;

[Collection(SharedServer.Name)]
public sealed class BulkRenewalTests(SharedServer server)
{
    private readonly HttpClient client = server.Client(Role.Operator);

    [Fact]
    public async Task A_bulk_gives_every_certificate_a_new_version_with_a_serial_and_a_key_of_its_own()
    {
        var seed = new CertificateSeed("bulk-whole", 1_000) { Profile = "prof-standard-tls" };
        await seed.InsertAsync(server.Database);
        var accepted = (await client.Post("certificates/bulk-renew", new { environment = seed.Environment })).Is(HttpStatusCode.Accepted);
        var id = accepted.Json.Text("id");
        Assert.Equal($"/api/v1/bulk-renewals/{id}", accepted.Location);
        Assert.Equal(accepted.Location, accepted.Json.Text("status_url"));

        var bulk = await client.EndOfBulk(id);
        Assert.Equal("completed", bulk.Text("status"));
        Assert.Equal((1_000, 1_000, 0), (bulk.Number("total_matched"), bulk.Number("total_enqueued"), bulk.Number("total_skipped")));
        Assert.Equal((1_000, 0, 0), (bulk.Number("total_completed"), bulk.Number("total_failed"), bulk.Number("total_cancelled")));
        Assert.Equal("operator", bulk.Text("requested_by"));

        var chains = await server.Database.Column<string>(
            "SELECT pem_chain FROM certificate_versions v JOIN managed_certificates c ON c.id = v.certificate_id WHERE c.environment = $1", seed.Environment);
        using var root = X509Certificate2.CreateFromPem(server.CaPem);
        var serials = new HashSet<string>();
        var keys = new HashSet<string>();
        foreach (var pem in chains)
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(pem);
            AssertVerifies(chain, root);
            serials.Add(chain[0].SerialNumber);
            keys.Add(Convert.ToHexString(chain[0].GetPublicKey()));
        }

        Assert.Equal((1_000, 1_000, 1_000), (chains.Count, serials.Count, keys.Count));
        Assert.Equal(1_000, await server.Database.Value<long>("""
            SELECT count(*) FROM managed_certificates c JOIN certificate_versions v ON v.certificate_id = c.id
            WHERE c.environment = $1 AND c.status = 'Active' AND c.expires_at = v.not_after AND c.expires_at > now() + interval '89 days'
            """, seed.Environment));
    }

    [Fact]
    public async Task A_second_bulk_takes_nothing_and_says_why_and_force_takes_everything_again()
    {
        var seed = new CertificateSeed("bulk-again", 300);
        await seed.InsertAsync(server.Database);
        var first = await client.StartBulk(seed);
        var second = await client.RunBulk(seed);
        Assert.Equal((300, 0, 300), (second.Number("total_matched"), second.Number("total_enqueued"), second.Number("total_skipped")));
        Assert.Equal(300, second.Skipped("in_progress") + second.Skipped("recently_renewed"));

        await client.EndOfBulk(first);
        var third = await client.RunBulk(seed);
        Assert.Equal((0, 300), (third.Number("total_enqueued"), third.Skipped("recently_renewed")));

        var forced = await client.RunBulk(new { environment = seed.Environment, force = true });
        Assert.Equal((300, 300), (forced.Number("total_enqueued"), forced.Number("total_completed")));
        Assert.Equal(600, await server.Database.Value<long>("""
            SELECT count(DISTINCT v.serial_number) FROM certificate_versions v JOIN managed_certificates c ON c.id = v.certificate_id
            WHERE c.environment = $1
            """, seed.Environment));
    }

    [Fact]
    public async Task Bulks_skip_what_is_revoked_archived_or_an_acme_clients_and_renew_what_has_expired()
    {
        var environment = "bulk-skips";
        await new CertificateSeed(environment, 2) { Domain = "revoked.example.test", Status = "Revoked" }.InsertAsync(server.Database);
        await server.Database.Execute("UPDATE managed_certificates SET id = 'r-' || id WHERE environment = $1", environment);
        await new CertificateSeed(environment, 3) { Domain = "archived.example.test", Status = "Archived" }.InsertAsync(server.Database);
        await server.Database.Execute("UPDATE managed_certificates SET id = 'a-' || id WHERE environment = $1 AND status = 'Archived'", environment);
        await new CertificateSeed(environment, 4) { Domain = "acme.example.test", Source = "ACME" }.InsertAsync(server.Database);
        await server.Database.Execute("UPDATE managed_certificates SET id = 'c-' || id WHERE environment = $1 AND source = 'ACME'", environment);
        await new CertificateSeed(environment, 5) { Status = "Expired", ExpiresIn = TimeSpan.FromDays(-3) }.InsertAsync(server.Database);

        var bulk = await client.RunBulk(new { environment });
        Assert.Equal((14, 5, 9), (bulk.Number("total_matched"), bulk.Number("total_enqueued"), bulk.Number("total_skipped")));
        Assert.Equal((2, 3, 4), (bulk.Skipped("revoked"), bulk.Skipped("archived"), bulk.Skipped("acme")));
        Assert.Equal(5, await server.Database.Value<long>(
            "SELECT count(*) FROM managed_certificates WHERE environment = $1 AND status = 'Active' AND expires_at > now() AND source = ''", environment));
    }

    [Fact]
    public async Task A_dry_run_agrees_with_the_bulk_that_follows_and_writes_nothing()
    {
        var seed = new CertificateSeed("bulk-dry", 20);
        await seed.InsertAsync(server.Database);
        await server.Database.Execute("UPDATE managed_certificates SET last_renewal_at = now() WHERE id = $1", seed.Id(1));
        await server.Database.Execute("UPDATE managed_certificates SET status = 'Revoked' WHERE id = $1", seed.Id(2));
        var rows = "SELECT (SELECT count(*) FROM bulk_renewals) + (SELECT count(*) FROM renewals) + (SELECT count(*) FROM audit_events)";
        var before = await server.Database.Value<long>(rows);
        var preview = (await client.Post("certificates/bulk-renew?dry_run=true", new { environment = seed.Environment })).Is(HttpStatusCode.OK).Json;
        Assert.Equal(before, await server.Database.Value<long>(rows));

        var bulk = await client.RunBulk(seed);
        foreach (var total in (string[])["total_matched", "total_enqueued", "total_skipped"]) Assert.Equal(bulk.Number(total), preview.Number(total));
        Assert.Equal((18, 1, 1), (preview.Number("total_enqueued"), preview.Skipped("recently_renewed"), preview.Skipped("revoked")));
        Assert.Equal((1, 1), (bulk.Skipped("recently_renewed"), bulk.Skipped("revoked")));
    }

    [Fact]
    public async Task A_bulk_without_criteria_is_refused()
    {
        (await client.Post("certificates/bulk-renew", new { })).Names("criteria");
        (await client.Post("certificates/bulk-renew", new { force = true })).Names("criteria");
    }

    [Fact]
    public async Task Criteria_are_anded()
    {
        var seed = new CertificateSeed("bulk-anded", 12);
        await seed.InsertAsync(server.Database);
        var bulk = await client.RunBulk(new
        {
            environment = seed.Environment,
            name_prefix = "bulk-anded-0000",
            certificate_ids = new[] { seed.Id(1), seed.Id(2), seed.Id(11) },
            expires_before = DateTimeOffset.Parse("2100-01-01T00:00:00Z", null),
            team_id = "t-platform",
        });
        Assert.Equal(2, bulk.Number("total_matched"));
    }

    private static void AssertVerifies(X509Certificate2Collection pem, X509Certificate2 root)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.ExtraStore.AddRange(pem);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        Assert.True(chain.Build(pem[0]), string.Join("; ", chain.ChainStatus.Select(s => s.StatusInformation)));
        Assert.Equal(3, chain.ChainElements.Count);
    }
}
