using System.Net;
using System.Text.Json;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.BulkRenewals;

namespace Certctl.IntegrationTests.Acme;

[Collection(SharedServer.Name)]
public sealed class OperatorsAnnouncementTests(SharedServer server)
{
    private const string Announce = "certificates/bulk-renew?announce=true";
    private readonly HttpClient client = server.Client(Role.Operator);

    [Fact]
    public async Task An_announcement_reaches_the_living_ACME_certificates_that_match_and_enqueues_nothing()
    {
        const string environment = "announce";
        await new CertificateSeed("announce-alive", 3) { Source = "ACME" }.InsertAsync(server.Database, environment);
        await new CertificateSeed("announce-expired") { Source = "ACME", Status = "Expired", ExpiresIn = TimeSpan.FromDays(-1) }.InsertAsync(server.Database, environment);
        await new CertificateSeed("announce-revoked", 2) { Source = "ACME", Status = "Revoked" }.InsertAsync(server.Database, environment);
        await new CertificateSeed("announce-archived") { Source = "ACME", Status = "Archived" }.InsertAsync(server.Database, environment);
        await new CertificateSeed("announce-ours", 5).InsertAsync(server.Database, environment);
        await new CertificateSeed("announce-elsewhere") { Source = "ACME" }.InsertAsync(server.Database);
        const string written = "SELECT (SELECT count(*) FROM bulk_renewals) + (SELECT count(*) FROM renewals) + (SELECT count(*) FROM managed_certificates WHERE replacement_announced_at IS NOT NULL)"
            + " + (SELECT count(*) FROM audit_events)";

        var before = await server.Database.Value<long>(written);
        var preview = (await client.Post(Announce + "&dry_run=true", new { environment })).Is(HttpStatusCode.OK).Json;
        Assert.Equal(before, await server.Database.Value<long>(written));

        var answer = (await client.Post(Announce, new { environment })).Is(HttpStatusCode.OK).Json;
        Assert.Equal(before + 5, await server.Database.Value<long>(written));
        foreach (var counts in (JsonElement[])[preview, answer])
        {
            Assert.Equal((4, 12), (counts.Number("announced"), counts.Number("total_matched")));
            Assert.Equal((5, 2, 1), (counts.Skipped("not_acme"), counts.Skipped("revoked"), counts.Skipped("archived")));
            Assert.Equal(3, counts.GetProperty("skipped").EnumerateObject().Count());
        }

        Assert.Equal(["mc-announce-alive-00001", "mc-announce-alive-00002", "mc-announce-alive-00003", "mc-announce-expired-00001"], await server.Database.Column<string>(
            "SELECT id FROM managed_certificates WHERE replacement_announced_at > now() - interval '1 minute' AND environment = 'announce' ORDER BY id"));
        Assert.Equal(JsonValueKind.String, (await client.Read("certificates/mc-announce-alive-00001")).GetProperty("replacement_announced_at").ValueKind);
        Assert.Equal("""operator {"criteria": {"environment": "announce"}, "announced": 4, "total_matched": 12}""", await server.Database.Value<string>(
            "SELECT actor || ' ' || details FROM audit_events WHERE action = 'replacement_announced' AND details -> 'criteria' ->> 'environment' = 'announce'"));
    }

    [Fact]
    public async Task A_repeated_request_with_the_same_idempotency_key_announces_once()
    {
        var seed = new CertificateSeed("announce-once") { Source = "ACME" };
        await seed.InsertAsync(server.Database);
        var header = ("Idempotency-Key", "tests-announce-once");
        (await client.Post(Announce, new { environment = seed.Environment }, header)).Is(HttpStatusCode.OK);
        const string at = "SELECT replacement_announced_at FROM managed_certificates WHERE id = $1";
        var first = await server.Database.Value<DateTime>(at, seed.Id(1));
        Assert.Equal(1, (await client.Post(Announce, new { environment = seed.Environment }, header)).Is(HttpStatusCode.OK).Json.Number("announced"));
        Assert.Equal(first, await server.Database.Value<DateTime>(at, seed.Id(1)));
        (await client.Post(Announce, new { environment = seed.Environment })).Is(HttpStatusCode.OK);
        Assert.True(await server.Database.Value<DateTime>(at, seed.Id(1)) > first);
    }

    [Fact]
    public async Task Two_announcements_of_the_same_certificates_at_once_both_succeed()
    {
        var seed = new CertificateSeed("announce-twice", 500) { Source = "ACME" };
        await seed.InsertAsync(server.Database);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.Post(Announce, new { environment = seed.Environment })));
        Assert.All(answers, a => Assert.Equal(500, a.Is(HttpStatusCode.OK).Json.Number("announced")));
    }

    [Fact]
    public async Task An_announcement_needs_a_criterion_and_a_clear_yes()
    {
        (await client.Post(Announce, new { })).Names("criteria");
        (await client.Post("certificates/bulk-renew?announce=maybe", new { environment = "announce-none" })).Names("announce");
        (await client.Post(Announce, new { owner_id = "o-unknown" })).Names("owner_id");
    }
}

/// <summary>A server whose ACME server gives no renewal information.</summary>
public sealed class RenewalInformationIsOffServer : CertctlServer
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
        [new("CERTCTL_ACME_SERVER_ENABLED", "true"), new("CERTCTL_ACME_SERVER_ARI_ENABLED", "false")];
}

public sealed class RenewalInformationIsOffTests(RenewalInformationIsOffServer server) : IClassFixture<RenewalInformationIsOffServer>
{
    [Fact]
    public async Task Nothing_is_announced_where_nobody_could_read_it()
    {
        var answer = await server.Client(Role.Operator).Post("certificates/bulk-renew?announce=true", new { environment = "announce-unread" });
        answer.Names("announce");
        Assert.Contains("CERTCTL_ACME_SERVER_ARI_ENABLED", answer.Body, StringComparison.Ordinal);
    }
}

/// <summary>A server without the ACME server.</summary>
public sealed class AcmeIsOffServer : CertctlServer;

public sealed class AcmeIsOffTests(AcmeIsOffServer server) : IClassFixture<AcmeIsOffServer>
{
    [Theory]
    [InlineData("")]
    [InlineData("&dry_run=true")]
    public async Task Nothing_is_announced_where_the_ACME_server_is_off(string more)
    {
        var answer = await server.Client(Role.Operator).Post("certificates/bulk-renew?announce=true" + more, new { environment = "announce-off" });
        answer.Names("announce");
        Assert.Contains("CERTCTL_ACME_SERVER_ENABLED", answer.Body, StringComparison.Ordinal);
        Assert.Equal(0, await server.Database.Value<long>("SELECT count(*) FROM bulk_renewals"));
    }
}
