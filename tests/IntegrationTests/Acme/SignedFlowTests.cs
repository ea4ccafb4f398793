using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Certctl.IntegrationTests.BulkRenewals;
using Certctl.Loopback.TlsAlpn;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>From an order to a certificate that verifies.</summary>
[Collection(AcmeServer.Name)]
public sealed class SignedFlowTests(AcmeServer server)
{
    public static TheoryData<string> Keys => ["ES256", "ES384", "ES512", "RS256", "PS256", "EdDSA"];

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Every_account_key_algorithm_gets_a_certificate_in_trust_mode(string algorithm)
    {
        using var key = KeyOf(algorithm);
        var name = Flows.Fresh(algorithm.ToLowerInvariant());
        var issued = await (await server.Account(key: key)).Issue(name);
        Assert.Equal([name], issued.Names);
        Verify(issued);
    }

    [Fact]
    public async Task An_order_of_several_names_and_a_wildcard_is_one_certificate_of_a_managed_certificate()
    {
        var client = await server.Account();
        var name = Flows.Fresh();
        var issued = await client.Issue(name, $"www.{name}", $"*.{name}");
        Assert.Equal([name, $"*.{name}", $"www.{name}"], issued.Names.Order(StringComparer.Ordinal).OrderBy(n => n.Length).ThenBy(n => n, StringComparer.Ordinal));
        Verify(issued);
        var again = await client.Issue(name, $"www.{name}", $"*.{name}");
        Assert.NotEqual(issued.Serial, again.Serial);
        var rows = await server.Database.Column<string>("""
            SELECT DISTINCT c.id || ' ' || c.owner_id || ' ' || c.team_id || ' ' || c.renewal_policy_id || ' ' || c.source || ' ' || c.status || ' ' || c.issuer_id
            FROM certificate_versions v JOIN managed_certificates c ON c.id = v.certificate_id WHERE v.serial_number = ANY($1)
            """, (object)new[] { issued.Serial, again.Serial });
        Assert.EndsWith("o-alice t-platform rp-standard ACME Active iss-local", Assert.Single(rows), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http01_proves_a_name()
    {
        var client = await server.Account("prof-burst-challenge");
        var issued = await client.Issue((_, challenge) => server.Http.Present(challenge.Text("token"), client.Key.KeyAuthorization(challenge.Text("token"))), "http.example.net");
        Assert.Equal(["http.example.net"], issued.Names);
    }

    [Fact]
    public async Task Dns01_proves_a_wildcard_whose_authorization_shows_its_base_name()
    {
        var client = await server.Account("prof-burst-challenge");
        var order = await client.Order("*.wild.example.net");
        var authorization = (await client.GetAuthorizationAsync(order.Members("authorizations")[0])).Json;
        Assert.Equal("wild.example.net", authorization.GetProperty("identifier").Text("value"));
        Assert.True(authorization.GetProperty("wildcard").GetBoolean());
        Assert.Equal("dns-01", Assert.Single(authorization.GetProperty("challenges").EnumerateArray()).Text("type"));
        await client.Prove(order, (_, challenge) => server.Dns.Txt("_acme-challenge.wild.example.net",
            Base64Url(SHA256.HashData(Encoding.ASCII.GetBytes(client.Key.KeyAuthorization(challenge.Text("token")))))), "dns-01");
        Assert.Equal(["*.wild.example.net"], (await client.Finish(await client.GetOrderAsync(order.Location!), order.Location!, "*.wild.example.net")).Names);
    }

    [Fact]
    public async Task TlsAlpn01_proves_a_name()
    {
        var client = await server.Account("prof-burst-challenge");
        var order = await client.Order("alpn.example.net");
        await client.Prove(order, (_, challenge) => server.TlsAlpn.Present("alpn.example.net",
            TlsAlpnCertificate.For("alpn.example.net", client.Key.KeyAuthorization(challenge.Text("token")))), "tls-alpn-01");
        Verify(await client.Finish(await client.GetOrderAsync(order.Location!), order.Location!, "alpn.example.net"));
    }

    [Fact]
    public async Task An_address_is_proven_by_http01_and_offered_no_dns01()
    {
        var client = await server.Account("prof-burst-challenge");
        var order = await client.Order("127.0.0.1");
        var authorization = (await client.GetAuthorizationAsync(order.Members("authorizations")[0])).Json;
        Assert.Equal(["http-01", "tls-alpn-01"], authorization.GetProperty("challenges").EnumerateArray().Select(c => c.Text("type")).Order());
        await client.Prove(order, (_, challenge) => server.Http.Present(challenge.Text("token"), client.Key.KeyAuthorization(challenge.Text("token"))));
        Assert.Equal(["127.0.0.1"], (await client.Finish(await client.GetOrderAsync(order.Location!), order.Location!, "127.0.0.1")).Names);
    }

    [Fact]
    public async Task A_wrong_answer_is_final_and_the_order_says_which_name_failed()
    {
        var client = await server.Account("prof-burst-challenge");
        var order = await client.Order("wrong.example.net");
        await client.Prove(order, (_, challenge) => server.Http.Present(challenge.Text("token"), "not the key authorization"));
        var ended = await client.GetOrderAsync(order.Location!);
        Assert.Equal("invalid", ended.Member("status"));
        var error = ended.Json.GetProperty("error");
        Assert.Equal("urn:ietf:params:acme:error:incorrectResponse", error.Text("type"));
        Assert.Equal("wrong.example.net", error.GetProperty("subproblems")[0].GetProperty("identifier").Text("value"));
        (await client.FinalizeAsync(order.Member("finalize")!, [1])).Refused(HttpStatusCode.Forbidden, "orderNotReady");
    }

    [Fact]
    public async Task A_valid_authorization_is_used_again_by_the_next_order()
    {
        var client = await server.Account("prof-burst-challenge");
        await client.Issue((_, challenge) => server.Http.Present(challenge.Text("token"), client.Key.KeyAuthorization(challenge.Text("token"))), "reuse.example.net");
        Assert.Equal("ready", (await client.Order("reuse.example.net")).Member("status"));
        Assert.Equal("pending", (await (await server.Account("prof-burst-challenge")).Order("reuse.example.net")).Member("status"));
    }

    private static AcmeAccountKey KeyOf(string algorithm) => algorithm switch
    {
        "ES256" => AcmeAccountKey.Es256(),
        "ES384" => AcmeAccountKey.Es384(),
        "ES512" => AcmeAccountKey.Es512(),
        "RS256" => AcmeAccountKey.Rs256(),
        "PS256" => AcmeAccountKey.Ps256(),
        _ => AcmeAccountKey.EdDsa(),
    };

    private static string Base64Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private void Verify(Issued issued)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(issued.Chain);
        using var verifier = new X509Chain();
        verifier.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        verifier.ChainPolicy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(server.CaPem));
        verifier.ChainPolicy.ExtraStore.AddRange(chain);
        verifier.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        verifier.ChainPolicy.DisableCertificateDownloads = true;
        Assert.True(verifier.Build(issued.Certificate));
        Assert.Equal(issued.Key.ExportSubjectPublicKeyInfo(), issued.Certificate.PublicKey.ExportSubjectPublicKeyInfo());
    }
}
