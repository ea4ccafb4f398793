using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.BulkRenewals;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>RFC 8555 7.4 and 7.5.</summary>
[Collection(AcmeServer.Name)]
public sealed class OrderTests(AcmeServer server)
{
    [Fact]
    public async Task Names_are_normalised_and_duplicates_folded()
    {
        var client = await server.Account();
        var order = await client.Order("UPPER.Example.Test", "upper.example.test");
        Assert.Equal("upper.example.test", Assert.Single(order.Json.GetProperty("identifiers").EnumerateArray()).Text("value"));
        Assert.Single(order.Members("authorizations"));
    }

    [Theory]
    [InlineData("a b.example.test", "rejectedIdentifier")]
    [InlineData("-a.example.test", "rejectedIdentifier")]
    [InlineData("*.*.example.test", "rejectedIdentifier")]
    [InlineData("a.*.example.test", "rejectedIdentifier")]
    [InlineData("elsewhere.example.net", "rejectedIdentifier")]
    [InlineData("10.0.0.1", "rejectedIdentifier")]
    [InlineData("", "rejectedIdentifier")]
    public async Task A_name_that_may_not_be_ordered_is_named_in_a_subproblem(string name, string type)
    {
        var refused = (await (await server.Account()).NewOrderAsync([Flows.Fresh(), name])).Refused(HttpStatusCode.BadRequest, type);
        Assert.Equal(name, Assert.Single(refused.Json.GetProperty("subproblems").EnumerateArray()).GetProperty("identifier").Text("value"));
        Assert.False(refused.Json.TryGetProperty("identifier", out _));
    }

    [Fact]
    public async Task Different_refusals_are_a_compound()
    {
        var client = await server.Account();
        var url = (await client.GetDirectoryAsync()).NewOrder;
        (await client.PostAsync(url, """{"identifiers":[{"type":"email","value":"a@example.test"}]}""")).Refused(HttpStatusCode.BadRequest, "unsupportedIdentifier");
        var compound = (await client.PostAsync(url, """{"identifiers":[{"type":"email","value":"a@example.test"},{"type":"dns","value":"elsewhere.example.net"}]}"""))
            .Refused(HttpStatusCode.BadRequest, "compound");
        Assert.Equal(2, compound.Json.GetProperty("subproblems").GetArrayLength());
    }

    [Fact]
    public async Task An_order_has_at_most_a_hundred_names_and_at_least_one()
    {
        var client = await server.Account();
        Assert.Equal(100, (await client.Order([.. Enumerable.Range(0, 100).Select(i => $"n{i}.many.example.test")])).Members("authorizations").Count);
        (await client.NewOrderAsync([.. Enumerable.Range(0, 101).Select(i => $"n{i}.many.example.test")])).Refused(HttpStatusCode.BadRequest, "malformed");
        (await client.NewOrderAsync([])).Refused(HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task Validity_is_honoured_within_the_profile_and_refused_beyond()
    {
        var client = await server.Account();
        var name = Flows.Fresh();
        var until = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().AddDays(7).ToUnixTimeSeconds());
        var order = (await client.NewOrderAsync([name], notAfter: until)).Ensured();
        var issued = await client.Finish(order, order.Location!, name);
        Assert.Equal(until.UtcDateTime, issued.Certificate.NotAfter.ToUniversalTime());
        (await client.NewOrderAsync([name], notAfter: until.AddDays(60))).Refused(HttpStatusCode.BadRequest, "malformed");
        (await client.NewOrderAsync([name], notAfter: until.AddDays(-8))).Refused(HttpStatusCode.BadRequest, "malformed");
        foreach (var never in (string[])["tomorrow", "0001-01-01T00:00:00Z"])
            (await client.PostAsync((await client.GetDirectoryAsync()).NewOrder, $$"""{"identifiers":[{"type":"dns","value":"{{name}}"}],"notAfter":"{{never}}"}"""))
                .Refused(HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task Others_see_neither_order_nor_authorization_nor_challenge_nor_certificate()
    {
        var (client, other) = (await server.Account(), await server.Account());
        var issued = await client.Issue(Flows.Fresh());
        var authorization = issued.Order.Members("authorizations")[0];
        var challenge = (await client.GetAuthorizationAsync(authorization)).Json.GetProperty("challenges")[0].Text("url");
        foreach (var url in (string[])[issued.Order.Location!, authorization, challenge, issued.Order.Member("certificate")!])
        {
            (await client.PostAsync(url, null)).Ensured();
            (await other.PostAsync(url, null)).Refused(HttpStatusCode.NotFound, "malformed");
        }
    }

    [Fact]
    public async Task Reading_a_challenge_does_not_start_it()
    {
        var client = await server.Account("prof-burst-challenge");
        var order = await client.Order("unstarted.example.net");
        var challenge = (await client.GetAuthorizationAsync(order.Members("authorizations")[0])).Json.GetProperty("challenges")[0];
        Assert.True(challenge.Text("token").Length >= 22);
        var read = (await client.PostAsync(challenge.Text("url"), null)).Ensured();
        Assert.Equal("pending", read.Member("status"));
        Assert.Equal(order.Members("authorizations")[0], Assert.Single(read.Links("up")));
    }

    [Fact]
    public async Task Names_beyond_the_orders_are_refused_whatever_their_kind_and_the_order_stays_ready()
    {
        var client = await server.Account();
        var name = Flows.Fresh("smuggle");
        var order = await client.Order(name);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Action<SubjectAlternativeNameBuilder>[] smuggled =
        [
            san => san.AddDnsName("other.example.test"), san => san.AddIpAddress(IPAddress.Parse("10.0.0.1")),
            san => san.AddEmailAddress("a@example.test"), san => san.AddUri(new Uri("https://example.test/")), san => san.AddUserPrincipalName("a@example.test"),
        ];
        foreach (var add in smuggled) (await client.FinalizeAsync(order.Member("finalize")!, Csr(key, name, add))).Refused(HttpStatusCode.BadRequest, "badCSR");
        (await client.FinalizeAsync(order.Member("finalize")!, AcmeCsr.Create(key, "other.example.test"))).Refused(HttpStatusCode.BadRequest, "badCSR");
        var unproven = AcmeCsr.Create(key, name);
        unproven[^1] ^= 1;
        (await client.FinalizeAsync(order.Member("finalize")!, unproven)).Refused(HttpStatusCode.BadRequest, "badCSR");
        (await client.PostAsync(order.Member("finalize")!, """{"csr":"AAAA=="}""")).Refused(HttpStatusCode.BadRequest, "badCSR");
        using var weak = RSA.Create(1024);
        (await client.FinalizeAsync(order.Member("finalize")!, AcmeCsr.Create(weak, name))).Refused(HttpStatusCode.BadRequest, "badCSR");
        Assert.Equal([name], (await client.Finish(await client.GetOrderAsync(order.Location!), order.Location!, name)).Names);
    }

    [Fact]
    public async Task The_key_of_an_account_is_certified_to_nobody()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var copy = ECDsa.Create(key.ExportParameters(includePrivateParameters: true));
        var client = await server.Account(key: AcmeAccountKey.FromEcdsa(key));
        var name = Flows.Fresh();
        (await client.FinalizeAsync((await client.Order(name)).Member("finalize")!, AcmeCsr.Create(copy, name))).Refused(HttpStatusCode.BadRequest, "badCSR");
        var other = await server.Account("prof-test");
        (await other.FinalizeAsync((await other.Order(name)).Member("finalize")!, AcmeCsr.Create(copy, name))).Refused(HttpStatusCode.BadRequest, "badCSR");
    }

    [Fact]
    public async Task Finalizing_again_with_the_same_request_gives_the_order_and_with_another_does_not()
    {
        var client = await server.Account();
        var name = Flows.Fresh();
        var order = await client.Order(name);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var csr = AcmeCsr.Create(key, name);
        (await client.FinalizeAsync(order.Member("finalize")!, csr)).Ensured();
        Assert.Equal("valid", (await client.FinalizeAsync(order.Member("finalize")!, csr)).Ensured().Member("status"));
        (await client.FinalizeAsync(order.Member("finalize")!, AcmeCsr.Create(key, name))).Refused(HttpStatusCode.Forbidden, "orderNotReady");
    }

    [Fact]
    public async Task A_deactivated_authorization_takes_its_order_along()
    {
        var client = await server.Account("prof-burst-challenge");
        var order = await client.Order("given-up.example.net");
        var authorization = order.Members("authorizations")[0];
        Assert.Equal("deactivated", (await client.PostAsync(authorization, """{"status":"deactivated"}""")).Ensured().Member("status"));
        Assert.Equal("invalid", (await client.GetOrderAsync(order.Location!)).Member("status"));
        var challenge = (await client.GetAuthorizationAsync(authorization)).Json.GetProperty("challenges")[0].Text("url");
        (await client.RespondChallengeAsync(challenge)).Refused(HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task A_name_authorized_beforehand_needs_no_proof_in_its_order()
    {
        var client = await server.Account("prof-burst-challenge");
        var url = (await client.GetDirectoryAsync()).NewAuthz!;
        var authorization = (await client.PostAsync(url, """{"identifier":{"type":"dns","value":"before.example.net"}}""")).Ensured();
        Assert.Equal(HttpStatusCode.Created, authorization.Status);
        var challenge = authorization.Json.GetProperty("challenges").EnumerateArray().Single(c => c.Text("type") == "http-01");
        server.Http.Present(challenge.Text("token"), client.Key.KeyAuthorization(challenge.Text("token")));
        (await client.RespondChallengeAsync(challenge.Text("url"))).Ensured();
        Assert.Equal("valid", (await client.Settled(authorization.Location!)).Member("status"));
        Assert.Equal("ready", (await client.Order("before.example.net")).Member("status"));
        (await client.PostAsync(url, """{"identifier":{"type":"dns","value":"*.before.example.net"}}""")).Refused(HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task A_variant_of_the_profile_is_chosen_by_name()
    {
        var admin = server.Client(Role.Admin);
        var profile = (await admin.Get("profiles/prof-standard-tls")).Is(HttpStatusCode.OK);
        (await admin.Patch("profiles/prof-standard-tls", new { acme_eab_required = false, acme_variants = new Dictionary<string, object> { ["short"] = new { description = "A day", max_ttl_seconds = 86_400 } } },
            ("If-Match", profile.Headers.ETag!.Tag))).Is(HttpStatusCode.OK);
        var directory = await Eventually.Becomes(() => server.Stranger("prof-standard-tls").GetAsync(server.Directory("prof-standard-tls")),
            d => d.Json.TryGetProperty("meta", out var meta) && meta.TryGetProperty("profiles", out _), "the directory offers the variant");
        Assert.Equal("A day", directory.Json.GetProperty("meta").GetProperty("profiles").Text("short"));
        var client = await server.Account("prof-standard-tls");
        (await client.NewOrderAsync(["variant.example.test"], profile: "long")).Refused(HttpStatusCode.BadRequest, "invalidProfile");
        var order = (await client.NewOrderAsync(["variant.example.test"], profile: "short")).Ensured();
        Assert.Equal("short", order.Member("profile"));
        var issued = await client.Finish(order, order.Location!, "variant.example.test");
        Assert.True(issued.Certificate.NotAfter - issued.Certificate.NotBefore <= TimeSpan.FromDays(1));
        (await admin.Patch("profiles/prof-standard-tls", new { acme_eab_required = true, acme_variants = new Dictionary<string, object>() })).Is(HttpStatusCode.OK);
    }

    private static byte[] Csr(ECDsa key, string name, Action<SubjectAlternativeNameBuilder> add)
    {
        var request = new CertificateRequest("", key, HashAlgorithmName.SHA256);
        var san = new SubjectAlternativeNameBuilder();
        san.AddDnsName(name);
        add(san);
        request.CertificateExtensions.Add(san.Build());
        return request.CreateSigningRequest();
    }
}
