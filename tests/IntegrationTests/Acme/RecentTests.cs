using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Certctl.IntegrationTests.BulkRenewals;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>What a process remembers of rows that it wrote or read a moment ago, and what it does not believe of it (ADR 0018).</summary>
[Collection(AcmeServer.Name)]
public sealed class RecentTests(AcmeServer server)
{
    [Fact]
    public async Task What_this_process_has_just_written_is_not_read_again_and_is_for_its_account_alone()
    {
        var client = await server.Account();
        var other = await server.Account();
        await client.Issue(Flows.Fresh("known"));
        var name = Flows.Fresh("own");
        var order = await client.Order(name);
        // What never changes is changed, to see who reads it.
        await server.Database.Execute("UPDATE acme_orders SET identifiers = '[]' WHERE order_id = $1", Flows.IdOf(order.Location!));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var url = (await client.FinalizeAsync(order.Member("finalize")!, AcmeCsr.Create(key, name))).Ensured().Member("certificate")!;
        await server.Database.Execute("UPDATE certificate_versions SET pem_chain = 'read' WHERE id = $1", Flows.IdOf(url));
        (await other.DownloadCertificateAsync(url)).Refused(HttpStatusCode.NotFound, "malformed");
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", (await client.DownloadCertificateAsync(url)).Ensured().Text, StringComparison.Ordinal);

        var foreign = await client.Order(Flows.Fresh("foreign"));
        (await other.FinalizeAsync(foreign.Member("finalize")!, AcmeCsr.Create(key, name))).Refused(HttpStatusCode.NotFound, "malformed");
    }

    [Theory]
    [InlineData("UPDATE acme_challenges SET status = 'invalid' WHERE authz_id = $1", "invalid")]
    [InlineData("UPDATE acme_challenges SET status = 'valid', validated_at = now() WHERE authz_id = $1", "valid")]
    public async Task A_challenge_that_has_changed_since_it_was_shown_is_answered_as_it_is(string change, string status)
    {
        var client = await server.Account("prof-burst-challenge");
        var order = await client.Order("shown.example.net");
        var authorization = order.Members("authorizations")[0];
        var challenge = Http01(await client.GetAuthorizationAsync(authorization));
        await server.Database.Execute(change, Flows.IdOf(authorization));
        Assert.Equal(status, (await client.RespondChallengeAsync(challenge.Text("url"))).Ensured().Member("status"));
    }

    [Theory]
    [InlineData("deactivated")]
    [InlineData("valid")]
    public async Task A_challenge_whose_authorization_has_ended_since_it_was_shown_is_not_started(string status)
    {
        var client = await server.Account("prof-burst-challenge");
        var order = await client.Order("ended.example.net");
        var authorization = order.Members("authorizations")[0];
        var challenge = Http01(await client.GetAuthorizationAsync(authorization));
        await server.Database.Execute("UPDATE acme_authorizations SET status = $2 WHERE authz_id = $1", Flows.IdOf(authorization), status);
        (await client.RespondChallengeAsync(challenge.Text("url"))).Refused(HttpStatusCode.BadRequest, "malformed");
        Assert.Equal("pending", await server.Database.Value<string>("SELECT status FROM acme_challenges WHERE challenge_id = $1", Flows.IdOf(challenge.Text("url"))));
    }

    [Fact]
    public async Task What_was_shown_to_one_account_starts_nothing_for_another()
    {
        var client = await server.Account("prof-burst-challenge");
        var other = await server.Account("prof-burst-challenge");
        var order = await client.Order("shown-to-one.example.net");
        var challenge = Http01(await client.GetAuthorizationAsync(order.Members("authorizations")[0]));
        (await other.RespondChallengeAsync(challenge.Text("url"))).Refused(HttpStatusCode.NotFound, "malformed");
        Assert.Equal("pending", await server.Database.Value<string>("SELECT status FROM acme_challenges WHERE challenge_id = $1", Flows.IdOf(challenge.Text("url"))));
    }

    [Fact]
    public async Task An_order_whose_names_were_proven_here_is_finalized_without_reading_it()
    {
        var client = await server.Account("prof-burst-challenge");
        var name = "proven-here.example.net";
        var order = await client.Order(name);
        await client.Prove(order, (_, challenge) => server.Http.Present(challenge.Text("token"), client.Key.KeyAuthorization(challenge.Text("token"))));
        await Eventually.Becomes(() => client.GetOrderAsync(order.Location!), o => o.Member("status") == "ready", "the order is ready");
        await server.Database.Execute("UPDATE acme_orders SET identifiers = '[]' WHERE order_id = $1", Flows.IdOf(order.Location!));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (await client.FinalizeAsync(order.Member("finalize")!, AcmeCsr.Create(key, name))).Ensured();
    }

    private static JsonElement Http01(AcmeResponse authorization) =>
        authorization.Json.GetProperty("challenges").EnumerateArray().Single(c => c.Text("type") == "http-01");
}
