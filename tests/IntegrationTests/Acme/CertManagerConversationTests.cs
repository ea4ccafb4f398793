using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Certctl.IntegrationTests.BulkRenewals;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>The conversation that cert-manager holds, request by request, without a cluster.</summary>
[Collection(CertManagerServer.Name)]
public sealed class CertManagerConversationTests(CertManagerServer server)
{
    private const string FinalizeWithCsr = """{"csr":"…"}""";

    [Fact]
    public async Task An_issuer_in_trust_mode_gets_its_certificate_without_a_challenge()
    {
        using var key = AcmeAccountKey.Rs256();
        using var manager = server.Client("prof-test", key);
        await manager.RegisterAsync("ops@example.test");
        Assert.Equal(
        [
            "GET directory",
            """POST jwk new-account {"termsOfServiceAgreed":true,"contact":["mailto:ops@example.test"]}""",
        ], manager.Transcript.Take());

        var (order, authorizations) = await manager.OrderAsync("web.example.test", "api.example.test");
        Assert.Equal("ready", order.Member("status"));
        Assert.All(authorizations, a => Assert.Equal("valid", a.Member("status")));
        using var certificateKey = RSA.Create(2048);
        var (finalized, chain) = await manager.FinalizeAsync(order, Csr(certificateKey, "api.example.test", "web.example.test"));
        await manager.WaitAsync(order.Location!, "valid");
        Assert.Equal(
        [
            """POST kid new-order {"identifiers":[{"type":"dns","value":"api.example.test"},{"type":"dns","value":"web.example.test"}]}""",
            "POST kid authz/{id}",
            "POST kid order/{id}/finalize " + FinalizeWithCsr,
            "POST kid cert/{id}",
            "POST kid order/{id}",
        ], manager.Transcript.Take());
        Verify(chain, certificateKey.ExportSubjectPublicKeyInfo(), "api.example.test", "web.example.test");

        var alternate = Assert.Single(await manager.AlternatesAsync(finalized.Member("certificate")!));
        Assert.Equal(["POST kid cert/{id}", "POST kid cert/{id}/1"], manager.Transcript.Take());
        Assert.StartsWith(chain.Text, alternate.Text, StringComparison.Ordinal);
        Assert.EndsWith(server.CaPem.Trim(), alternate.Text.Trim(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task An_issuer_in_challenge_mode_solves_http01_for_each_name(string algorithm)
    {
        using var key = algorithm == "RS256" ? AcmeAccountKey.Rs256() : AcmeAccountKey.Es256();
        using var manager = server.Client("prof-challenge", key);
        string[] names = [$"a-{algorithm.ToLowerInvariant()}.example.net", $"b-{algorithm.ToLowerInvariant()}.example.net"];
        await manager.RegisterAsync("ops@example.test");
        var (order, authorizations) = await manager.OrderAsync(names);
        Assert.Equal("pending", order.Member("status"));
        Assert.Equal(names, authorizations.Select(a => a.Json.GetProperty("identifier").Text("value")));
        manager.Transcript.Take();

        foreach (var (url, authorization) in order.Members("authorizations").Zip(authorizations))
        {
            var final = await manager.SolveAsync(url, authorization, server.Http.Present);
            Assert.Equal("valid", final.Member("status"));
            Assert.Equal(["POST kid challenge/{id}", "POST kid challenge/{id} {}", "POST kid authz/{id}"], manager.Transcript.Take());
        }

        // The order is ready the moment its last authorization is valid: cert-manager looks once.
        Assert.Equal("ready", (await manager.ReadAsync(order.Location!)).Member("status"));
        using var certificateKey = RSA.Create(2048);
        var (_, chain) = await manager.FinalizeAsync(order, Csr(certificateKey, names));
        Assert.Equal(["POST kid order/{id}", "POST kid order/{id}/finalize " + FinalizeWithCsr, "POST kid cert/{id}"], manager.Transcript.Take());
        Verify(chain, certificateKey.ExportSubjectPublicKeyInfo(), names);
    }

    [Fact]
    public async Task An_unanswered_challenge_ends_the_order_and_says_why()
    {
        using var key = AcmeAccountKey.Rs256();
        using var manager = server.Client("prof-challenge", key);
        await manager.RegisterAsync("ops@example.test");
        var (order, authorizations) = await manager.OrderAsync("unanswered.example.net");
        var final = await manager.SolveAsync(Assert.Single(order.Members("authorizations")), authorizations[0], (_, _) => { });
        Assert.Equal("invalid", final.Member("status"));
        var challenge = Assert.Single(final.Json.GetProperty("challenges").EnumerateArray());
        Assert.Equal("urn:ietf:params:acme:error:incorrectResponse", challenge.GetProperty("error").Text("type"));
        var ended = await manager.ReadAsync(order.Location!);
        Assert.Equal("invalid", ended.Member("status"));
        Assert.Equal("unanswered.example.net", ended.Json.GetProperty("error").GetProperty("subproblems")[0].GetProperty("identifier").Text("value"));
    }

    [Fact]
    public async Task A_restarted_controller_finds_its_account_and_changes_its_contact()
    {
        using var key = AcmeAccountKey.Rs256();
        using var manager = server.Client("prof-test", key);
        var account = (await manager.RegisterAsync("first@example.test")).Location;
        manager.Restart();
        manager.Transcript.Take();
        var changed = await manager.RegisterAsync("second@example.test");
        Assert.Equal(["mailto:second@example.test"], changed.Members("contact"));
        Assert.Equal(account, manager.Acme.AccountUrl);
        Assert.Equal(
        [
            "GET directory",
            """POST jwk new-account {"termsOfServiceAgreed":true,"contact":["mailto:second@example.test"]}""",
            """POST jwk new-account {"onlyReturnExisting":true}""",
            """POST kid account/{id} {"contact":["mailto:second@example.test"]}""",
        ], manager.Transcript.Take());
    }

    [Fact]
    public async Task A_key_without_an_account_is_told_so()
    {
        using var key = AcmeAccountKey.Rs256();
        using var manager = server.Client("prof-test", key);
        var answer = await manager.FindAccountAsync();
        Assert.Equal((HttpStatusCode.BadRequest, "urn:ietf:params:acme:error:accountDoesNotExist"), (answer.Status, answer.ProblemType));
    }

    [Fact]
    public async Task A_bad_nonce_is_answered_by_one_from_new_nonce()
    {
        using var key = AcmeAccountKey.Rs256();
        using var manager = server.Client("prof-test", key);
        await manager.RegisterAsync("ops@example.test");
        manager.Transcript.Take();
        const string payload = """{"identifiers":[{"type":"dns","value":"nonce.example.test"}]}""";
        var refused = await manager.SendOrderAsync(payload, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        Assert.Equal((HttpStatusCode.BadRequest, "urn:ietf:params:acme:error:badNonce"), (refused.Status, refused.ProblemType));
        // It drops every nonce that it has, the one in the refusal too.
        Assert.Equal(HttpStatusCode.Created, (await manager.SendOrderAsync(payload, await manager.NewNonceAsync())).Status);
        Assert.Equal(["POST kid new-order " + payload, "HEAD new-nonce", "POST kid new-order " + payload], manager.Transcript.Take());
    }

    [Fact]
    public async Task A_finalize_whose_answer_was_lost_is_sent_again_and_gives_the_same_certificate()
    {
        using var key = AcmeAccountKey.Rs256();
        using var manager = server.Client("prof-test", key);
        await manager.RegisterAsync("ops@example.test");
        var (order, _) = await manager.OrderAsync("lost.example.test");
        using var certificateKey = RSA.Create(2048);
        var csr = Csr(certificateKey, "lost.example.test");
        var (first, _) = await manager.FinalizeAsync(order, csr);
        var (second, _) = await manager.FinalizeAsync(order, csr);
        Assert.Equal(first.Member("certificate"), second.Member("certificate"));

        // With another CSR it is 403, at which cert-manager looks at the order and takes the certificate that is there.
        using var otherKey = RSA.Create(2048);
        var refused = await manager.SendCsrAsync(order, Csr(otherKey, "lost.example.test"));
        Assert.Equal((HttpStatusCode.Forbidden, "urn:ietf:params:acme:error:orderNotReady"), (refused.Status, refused.ProblemType));
        Assert.Equal(first.Member("certificate"), (await manager.WaitAsync(order.Location!, "valid")).Member("certificate"));
    }

    /// <summary>As cert-manager makes them: key usage in a critical extension, the first name as common name as well.</summary>
    private static byte[] Csr(RSA key, params string[] names)
    {
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var san = new SubjectAlternativeNameBuilder();
        foreach (var name in names) san.AddDnsName(name);
        request.CertificateExtensions.Add(san.Build());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, critical: true));
        return request.CreateSigningRequest();
    }

    private void Verify(AcmeResponse answer, byte[] publicKey, params string[] names)
    {
        Assert.Equal("application/pem-certificate-chain", answer.ContentType);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(answer.Text);
        Assert.Equal(publicKey, chain[0].PublicKey.ExportSubjectPublicKeyInfo());
        Assert.Equal(names, chain[0].Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames().Order(StringComparer.Ordinal));
        using var built = new X509Chain();
        built.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        built.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        built.ChainPolicy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(server.CaPem));
        built.ChainPolicy.ExtraStore.AddRange(chain);
        Assert.True(built.Build(chain[0]), string.Join(' ', built.ChainStatus.Select(s => s.StatusInformation)));
    }
}
