using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.BulkRenewals;

namespace Certctl.IntegrationTests.Certificates;

/// <summary>Key mode csr: the last CSR is signed again.</summary>
[Collection(SharedServer.Name)]
public sealed class CsrModeTests(SharedServer server)
{
    private readonly HttpClient client = server.Client(Role.Operator);

    [Fact]
    public async Task The_csrs_key_is_certified_at_first_and_at_each_renewal()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var (id, first) = await client.CreateAndIssue("csr-again",
            ("key_mode", "csr"), ("csr_pem", NewCertificates.Csr(key, "csr-again.example.test")));
        var versions = await client.RenewAndIssue(id);
        Assert.NotEqual(first.Text("serial_number"), versions[0].Text("serial_number"));
        foreach (var version in versions)
        {
            using var leaf = version.Leaf();
            Assert.Equal(key.ExportSubjectPublicKeyInfo(), leaf.GetECDsaPublicKey()!.ExportSubjectPublicKeyInfo());
            Assert.False(version.GetProperty("private_key_available").GetBoolean());
        }

        (await client.Post($"certificates/{id}/versions/{first.Text("id")}/private-key")).IsProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_csr_for_other_names_or_a_weak_key_is_refused_by_field()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var weak = RSA.Create(1024);
        (await Post(NewCertificates.Csr(key, "another.example.test"))).Names("csr_pem");
        (await Post(NewCertificates.Csr(key, "csr-refused.example.test", "more.example.test"))).Names("csr_pem");
        (await Post(NewCertificates.Csr(weak, "csr-refused.example.test"))).Names("csr_pem");
        (await Post("no PEM at all")).Names("csr_pem");
        (await Post(null)).Names("csr_pem");
        Assert.Equal(0, await server.Database.Value<long>("SELECT count(*) FROM managed_certificates WHERE name = 'csr-refused'"));

        Task<Answer> Post(string? csr) =>
            client.Post("certificates", NewCertificates.Request("csr-refused", ("key_mode", "csr"), ("csr_pem", csr)));
    }
}
