using System.Net;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.BulkRenewals;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>RFC 8555 7.6, and renewal information (RFC 9773) of what is revoked or to be replaced.</summary>
[Collection(AcmeServer.Name)]
public sealed class RevocationTests(AcmeServer server)
{
    [Fact]
    public async Task The_account_revokes_its_certificate_once_and_ocsp_and_renewal_information_follow_at_once()
    {
        var client = await server.Account();
        var issued = await client.Issue(Flows.Fresh("revoke"));
        (await client.RevokeAsync(issued.Certificate.RawData, reason: 8)).Refused(HttpStatusCode.BadRequest, "badRevocationReason");
        var revoked = (await client.RevokeAsync(issued.Certificate.RawData, reason: 4)).Ensured();
        Assert.Empty(revoked.Body);
        (await client.RevokeAsync(issued.Certificate.RawData)).Refused(HttpStatusCode.BadRequest, "alreadyRevoked");
        Assert.Equal("superseded", await server.Database.Value<string>("SELECT reason FROM certificate_revocations WHERE serial_number = $1", issued.Serial));
        Assert.Equal("Revoked", await server.Database.Value<string>(
            "SELECT c.status FROM managed_certificates c JOIN certificate_versions v ON v.certificate_id = c.id WHERE v.serial_number = $1", issued.Serial));
        var window = (await client.RenewalInfoAsync(CertificateId.Of(issued.Certificate))).Ensured().Json.GetProperty("suggestedWindow");
        Assert.True(window.GetProperty("end").GetDateTimeOffset() < TimeProvider.System.GetUtcNow());
        Assert.True(window.GetProperty("end").GetDateTimeOffset() > window.GetProperty("start").GetDateTimeOffset());
    }

    [Fact]
    public async Task The_certificates_own_key_revokes_it_without_an_account()
    {
        var issued = await (await server.Account()).Issue(Flows.Fresh("own-key"));
        using var key = AcmeAccountKey.FromEcdsa(issued.Key);
        var stranger = server.Stranger("prof-burst", key);
        (await server.Stranger("prof-burst").RevokeAsync(issued.Certificate.RawData, departing: new AcmeRequest { Key = KeyHeader.Jwk })).Refused(HttpStatusCode.Forbidden, "unauthorized");
        (await stranger.RevokeAsync(issued.Certificate.RawData, 1, key)).Ensured();
    }

    [Fact]
    public async Task Another_account_revokes_only_with_authorizations_for_every_name()
    {
        var owner = await server.Account("prof-burst-challenge");
        var issued = await owner.Issue((_, c) => server.Http.Present(c.Text("token"), owner.Key.KeyAuthorization(c.Text("token"))), "one.revoke.example.net", "two.revoke.example.net");
        var other = await server.Account("prof-burst-challenge");
        await other.Issue((_, c) => server.Http.Present(c.Text("token"), other.Key.KeyAuthorization(c.Text("token"))), "one.revoke.example.net");
        (await other.RevokeAsync(issued.Certificate.RawData)).Refused(HttpStatusCode.Forbidden, "unauthorized");
        await other.Issue((_, c) => server.Http.Present(c.Text("token"), other.Key.KeyAuthorization(c.Text("token"))), "two.revoke.example.net");
        (await other.RevokeAsync(issued.Certificate.RawData)).Ensured();
    }

    [Fact]
    public async Task An_account_in_trust_mode_that_calls_names_valid_revokes_nobody_elses_certificate()
    {
        var name = Flows.Fresh("trusted");
        var issued = await (await server.Account()).Issue(name);
        var other = await server.Account();
        await other.Issue(name);
        (await other.RevokeAsync(issued.Certificate.RawData)).Refused(HttpStatusCode.Forbidden, "unauthorized");
    }

    [Fact]
    public async Task What_was_not_issued_here_is_not_revoked_here()
    {
        var client = await server.Account();
        var issued = await client.Issue(Flows.Fresh());
        var forged = issued.Certificate.RawData.ToArray();
        forged[^1] ^= 1;
        (await client.RevokeAsync(forged)).Refused(HttpStatusCode.NotFound, "malformed");
        (await client.PostAsync((await client.GetDirectoryAsync()).RevokeCert, """{"certificate":"AAAA"}""")).Refused(HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task Renewal_information_names_a_window_in_the_last_third_and_says_when_to_ask_again()
    {
        var client = await server.Account();
        var issued = await client.Issue(Flows.Fresh("ari"));
        var info = (await client.RenewalInfoAsync(CertificateId.Of(issued.Certificate))).Ensured();
        Assert.Equal(TimeSpan.FromHours(6), info.RetryAfter);
        var window = info.Json.GetProperty("suggestedWindow");
        var (start, end) = (window.GetProperty("start").GetDateTimeOffset(), window.GetProperty("end").GetDateTimeOffset());
        Assert.True(start < end && start > issued.Certificate.NotBefore && end < issued.Certificate.NotAfter);
        Assert.Equal(info.Text, (await client.RenewalInfoAsync(CertificateId.Of(issued.Certificate))).Text);
        (await client.RenewalInfoAsync("AAAA.BBBB")).Refused(HttpStatusCode.NotFound, "malformed");
        (await client.RenewalInfoAsync("nonsense")).Refused(HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task A_replacement_is_reflected_and_happens_once()
    {
        var client = await server.Account();
        var name = Flows.Fresh("replaced");
        var id = CertificateId.Of((await client.Issue(name)).Certificate);
        var order = (await client.NewOrderAsync([name], replaces: id)).Ensured();
        Assert.Equal(id, order.Member("replaces"));
        Assert.Equal(id, (await client.GetOrderAsync(order.Location!)).Member("replaces"));
        (await client.NewOrderAsync([name], replaces: id)).Refused(HttpStatusCode.Conflict, "alreadyReplaced");
        (await client.NewOrderAsync([Flows.Fresh()], replaces: CertificateId.Of((await client.Issue(Flows.Fresh())).Certificate))).Refused(HttpStatusCode.BadRequest, "malformed");
        (await (await server.Account()).NewOrderAsync([name], replaces: id)).Refused(HttpStatusCode.NotFound, "malformed");
    }

    [Fact]
    public async Task An_announced_incident_moves_windows_to_now()
    {
        var client = await server.Account();
        var issued = await client.Issue(Flows.Fresh("incident"));
        var id = await server.Database.Value<string>("SELECT certificate_id FROM certificate_versions WHERE serial_number = $1", issued.Serial);
        (await server.Client(Role.Operator).Post("certificates/bulk-renew?announce=true", new { certificate_ids = new[] { id } })).Is(HttpStatusCode.OK);
        var window = (await client.RenewalInfoAsync(CertificateId.Of(issued.Certificate))).Ensured().Json.GetProperty("suggestedWindow");
        Assert.True(window.GetProperty("end").GetDateTimeOffset() < TimeProvider.System.GetUtcNow());
        var renewed = await client.Issue(issued.Names[0]);
        var after = (await client.RenewalInfoAsync(CertificateId.Of(renewed.Certificate))).Ensured().Json.GetProperty("suggestedWindow");
        Assert.True(after.GetProperty("start").GetDateTimeOffset() > TimeProvider.System.GetUtcNow());
    }
}
