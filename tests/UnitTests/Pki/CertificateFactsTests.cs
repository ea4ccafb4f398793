using Certctl.Core.Pki;

namespace Certctl.UnitTests.Pki;

public sealed class CertificateFactsTests : IDisposable
{
    private readonly TestCa ca = new();

    [Fact]
    public void Facts_are_what_was_issued()
    {
        var leaf = ca.Issue("www.example.com", sans: ["10.0.0.1", "bob@example.com", "spiffe://example.com/a"]);
        var facts = CertificateFacts.FromPem(leaf.ChainPem);

        Assert.NotNull(facts);
        Assert.Equal(leaf.SerialNumber, facts.SerialNumber);
        Assert.Equal((leaf.Validity.NotBefore, leaf.Validity.NotAfter), (facts.NotBefore, facts.NotAfter));
        Assert.Equal(leaf.FingerprintSha256, facts.FingerprintSha256);
        Assert.Equal("www.example.com", facts.CommonName);
        Assert.Equal(["www.example.com", "10.0.0.1", "bob@example.com", "spiffe://example.com/a"], facts.Names.Select(n => n.Value));
        Assert.Equal(ca.Issuing.KeyIdentifier.ToArray(), facts.AuthorityKeyIdentifier?.ToArray());
        Assert.Equal("ECDSA", facts.PublicKey?.Algorithm);
        Assert.False(facts.IsCa);
        Assert.True(CertificateFacts.FromPem(ca.Issuing.Pem)!.IsCa);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    public void What_is_no_certificate_gives_null(string pem) => Assert.Null(CertificateFacts.FromPem(pem));

    [Fact]
    public void Altered_certificates_give_facts_or_null_but_never_throw()
    {
        var der = ca.Issue("www.example.com").Der;
        var random = new Random(11);
        for (var i = 0; i < 1_000; i++)
        {
            var altered = der.ToArray();
            altered[random.Next(altered.Length)] = (byte)random.Next(256);
            altered[random.Next(60)] ^= (byte)(i % 3);
            _ = CertificateFacts.FromDer(altered);
            _ = CertificateFacts.FromDer(altered[..random.Next(altered.Length)]);
        }
    }

    public void Dispose() => ca.Dispose();
}
