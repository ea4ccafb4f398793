using System.Net;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.BulkRenewals;
using Certctl.IntegrationTests.Certificates;
using Certctl.UnitTests.Pki;

namespace Certctl.IntegrationTests.Pki;

/// <summary>What relying parties see over plain HTTP, judged by openssl.</summary>
[Collection(SharedServer.Name)]
public sealed class RelyingPartyTests(SharedServer server) : IDisposable
{
    private readonly HttpClient client = server.Client(Role.Operator);
    private readonly HttpClient relyingParty = server.Anonymous();
    private readonly OpenSsl openssl = new();

    /// <summary>The same base by address: openssl would try IPv6 first.</summary>
    private string Pki => server.PkiBase.ToString().Replace("localhost", "127.0.0.1", StringComparison.Ordinal);

    [Fact]
    public async Task A_chain_from_the_api_verifies_against_ca_pem_alone()
    {
        var (id, _) = await client.CreateAndIssue("pki-chain");
        var answer = (await client.Get($"certificates/{id}/pem")).Is(HttpStatusCode.OK);
        Assert.Equal("application/pem-certificate-chain", answer.ContentHeaders.ContentType?.MediaType);
        openssl.Write("ca.pem", server.CaPem).Write("chain.pem", answer.Body);
        openssl.Run("verify -x509_strict -CAfile ca.pem -untrusted chain.pem -verify_hostname pki-chain.example.test chain.pem");
        Assert.NotEqual(0, openssl.Try("verify -CAfile ca.pem -untrusted chain.pem -verify_hostname other.example.test chain.pem").ExitCode);
    }

    [Fact]
    public async Task Ocsp_answers_good_revoked_and_unknown()
    {
        var (id, _) = await client.CreateAndIssue("pki-ocsp");
        await WriteChainAsync(id);
        Assert.Contains("leaf.pem: good", Ocsp("-cert leaf.pem"), StringComparison.Ordinal);
        Assert.Contains("0x1234567890ABCDEF: unknown", Ocsp("-serial 0x1234567890ABCDEF"), StringComparison.Ordinal);

        (await client.Post($"certificates/{id}/revoke", new { reason = "keyCompromise" })).Is(HttpStatusCode.OK);
        var revoked = Ocsp("-cert leaf.pem");
        Assert.Contains("leaf.pem: revoked", revoked, StringComparison.Ordinal);
        Assert.Contains("keyCompromise", revoked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ocsp_by_get_gives_the_same_answer_as_by_post()
    {
        var (id, _) = await client.CreateAndIssue("pki-ocsp-get");
        await WriteChainAsync(id);
        openssl.Run("ocsp -issuer issuing.pem -cert leaf.pem -no_nonce -reqout request.der");
        var request = Uri.EscapeDataString(Convert.ToBase64String(openssl.Bytes("request.der")));
        var answer = (await relyingParty.Get($"{Pki}ocsp/iss-local/{request}")).Is(HttpStatusCode.OK);
        openssl.Write("response.der", answer.Bytes);
        Assert.Contains("leaf.pem: good", openssl.Run("ocsp -issuer issuing.pem -cert leaf.pem -CAfile ca.pem -respin response.der"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_crl_lists_what_was_revoked_and_nothing_else()
    {
        var (good, goodVersion) = await client.CreateAndIssue("pki-crl-good");
        var (bad, badVersion) = await client.CreateAndIssue("pki-crl-bad");
        await WriteChainAsync(good);
        (await client.Post($"certificates/{bad}/revoke", new { reason = "superseded" })).Is(HttpStatusCode.OK);
        var crl = (await relyingParty.Get($"{Pki}crl/iss-local.crl")).Is(HttpStatusCode.OK);
        Assert.Equal("application/pkix-crl", crl.ContentHeaders.ContentType?.MediaType);
        openssl.Write("crl.der", crl.Bytes);
        var text = openssl.Run("crl -inform DER -in crl.der -CAfile issuing.pem -noout -text");
        Assert.Contains("verify OK", text, StringComparison.Ordinal);
        Assert.Contains(badVersion.Text("serial_number"), text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(goodVersion.Text("serial_number"), text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_urls_in_a_certificate_lead_to_its_issuer()
    {
        var (id, version) = await client.CreateAndIssue("pki-aia");
        await WriteChainAsync(id);
        var text = openssl.Run("x509 -in leaf.pem -noout -ext authorityInfoAccess,crlDistributionPoints");
        foreach (var part in (string[])["ca/iss-local.crt", "ocsp/iss-local", "crl/iss-local.crl"])
            Assert.Contains($"{server.PkiBase}{part}", text, StringComparison.Ordinal);
        var issuer = (await relyingParty.Get($"{Pki}ca/iss-local.crt")).Is(HttpStatusCode.OK);
        openssl.Write("aia.der", issuer.Bytes);
        openssl.Run("x509 -inform DER -in aia.der -out aia.pem");
        openssl.Run("verify -partial_chain -trusted aia.pem leaf.pem");
        Assert.NotEmpty(version.Text("serial_number"));
    }

    [Theory]
    [InlineData("/api/v1/version")]
    [InlineData("/health/ready")]
    [InlineData("/hangfire")]
    [InlineData("/metrics")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/.well-known/pki/../../api/v1/version")]
    public async Task The_plain_port_serves_nothing_else(string path) =>
        (await relyingParty.Get(new Uri(server.PkiBase, path).ToString())).Is(HttpStatusCode.NotFound);

    [Fact]
    public async Task What_is_no_ocsp_request_is_answered_as_malformed()
    {
        var content = new ByteArrayContent([1, 2, 3]) { Headers = { ContentType = new("application/ocsp-request") } };
        var answer = (await relyingParty.Post($"{Pki}ocsp/iss-local", content)).Is(HttpStatusCode.OK);
        Assert.Equal([0x30, 0x03, 0x0a, 0x01, 0x01], answer.Bytes);
        (await relyingParty.Get($"{Pki}crl/iss-unknown.crl")).Is(HttpStatusCode.NotFound);
        (await relyingParty.Get($"{Pki}ca/iss-unknown.crt")).Is(HttpStatusCode.NotFound);
    }

    public void Dispose() => openssl.Dispose();

    private async Task WriteChainAsync(string certificateId)
    {
        const string end = "-----END CERTIFICATE-----";
        var pem = (await client.Get($"certificates/{certificateId}/pem")).Is(HttpStatusCode.OK).Body;
        var leafEnd = pem.IndexOf(end, StringComparison.Ordinal) + end.Length;
        openssl.Write("ca.pem", server.CaPem).Write("leaf.pem", pem[..leafEnd] + "\n").Write("issuing.pem", pem[leafEnd..].TrimStart());
    }

    private string Ocsp(string what) => openssl.Run(
        $"ocsp -url {Pki}ocsp/iss-local -no_proxy 127.0.0.1 -issuer issuing.pem -CAfile ca.pem {what}");
}
