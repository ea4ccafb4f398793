using System.Security.Cryptography;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Pki;

namespace Certctl.UnitTests.Pki;

public sealed class LeafTemplateTests : IDisposable
{
    private readonly TestCa ca = new();
    private readonly OpenSsl openssl = new();

    [Theory]
    [InlineData(KeyAlgorithms.EcdsaP256, KeyAlgorithms.EcdsaP256, "Digital Signature\n")]
    [InlineData(KeyAlgorithms.EcdsaP384, KeyAlgorithms.EcdsaP384, "Digital Signature\n")]
    [InlineData(KeyAlgorithms.EcdsaP256, KeyAlgorithms.Ed25519, "Digital Signature\n")]
    [InlineData(KeyAlgorithms.Rsa2048, KeyAlgorithms.Rsa2048, "Digital Signature, Key Encipherment\n")]
    public void OpenSsl_and_the_framework_accept_the_chain(string caAlgorithm, string leafAlgorithm, string keyUsage)
    {
        var authority = TestCa.Shared(caAlgorithm);
        var leaf = authority.Issue("www.example.com", TestCa.NewKey(leafAlgorithm), sans: ["*.example.com", "10.0.0.1", "2001:db8::1", "bob@example.com", "spiffe://example.com/a"]);
        Assert.True(authority.ChainIsValid(leaf.Der));

        var text = Verified(authority, leaf);
        Assert.Contains(
            "DNS:www.example.com, DNS:*.example.com, IP Address:10.0.0.1, IP Address:2001:DB8:0:0:0:0:0:1, email:bob@example.com, URI:spiffe://example.com/a",
            text, StringComparison.Ordinal);
        Assert.Contains("X509v3 Key Usage: critical\n                " + keyUsage, text, StringComparison.Ordinal);
        Assert.Contains("TLS Web Server Authentication, TLS Web Client Authentication", text, StringComparison.Ordinal);
        Assert.Contains("X509v3 Basic Constraints: critical\n                CA:FALSE", text, StringComparison.Ordinal);
        Assert.Contains("OCSP - URI:http://pki.example.test/ocsp/iss-local", text, StringComparison.Ordinal);
        Assert.Contains("CA Issuers - URI:http://pki.example.test/ca/iss-local.crt", text, StringComparison.Ordinal);
        Assert.Contains("URI:http://pki.example.test/crl/iss-local.crl", text, StringComparison.Ordinal);
        Assert.Contains("Subject: CN = www.example.com", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Subject Alternative Name: critical", text, StringComparison.Ordinal);
        Assert.DoesNotContain("TLS Feature", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_chain_is_the_leaf_then_the_issuing_ca()
    {
        var leaf = ca.Issue("www.example.com");
        Assert.Equal(leaf.Pem + ca.Issuing.Pem, leaf.ChainPem);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(leaf.Der)), leaf.FingerprintSha256);
    }

    [Fact]
    public void A_common_name_longer_than_64_characters_leaves_an_empty_subject_and_critical_names()
    {
        var name = new string('a', 60) + ".example.com";
        var text = Verified(ca, ca.Issue(name));
        Assert.Contains("Subject Alternative Name: critical\n                DNS:" + name, text, StringComparison.Ordinal);
        Assert.Contains("Subject: \n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Must_staple_is_written_when_asked_for() =>
        Assert.Contains("status_request", Verified(ca, ca.Issue("www.example.com", settings: TestCa.Settings with { MustStaple = true })), StringComparison.Ordinal);

    [Fact]
    public void Urls_that_are_not_known_are_left_out()
    {
        var text = Verified(ca, ca.Issue("www.example.com", settings: new LeafSettings(["serverAuth", "1.3.6.1.5.5.7.3.17"])));
        Assert.DoesNotContain("Authority Information Access", text, StringComparison.Ordinal);
        Assert.DoesNotContain("CRL Distribution", text, StringComparison.Ordinal);
        Assert.Contains("ipsec Internet Key Exchange", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_extended_key_usage_is_refused() =>
        Assert.Throws<ArgumentException>(() => new LeafTemplate(ca.Issuing, new LeafSettings(["serverauthentication"])));

    [Fact]
    public void Validity_is_backdated_and_its_whole_length_is_the_lifetime()
    {
        var now = new DateTimeOffset(2030, 1, 1, 12, 0, 0, 700, TimeSpan.FromHours(2));
        var validity = Validity.Starting(now, TimeSpan.FromDays(90));
        Assert.Equal(new DateTimeOffset(2030, 1, 1, 9, 59, 0, TimeSpan.Zero), validity.NotBefore);
        // Both ends are included: one second less than the difference.
        Assert.Equal(TimeSpan.FromDays(90) - TimeSpan.FromSeconds(1), validity.NotAfter - validity.NotBefore);
    }

    [Fact]
    public void A_leaf_never_outlives_its_issuer()
    {
        var request = Request(ca.Now.AddMinutes(-5), ca.Now.AddDays(4000));
        var leaf = new LeafTemplate(ca.Issuing, TestCa.Settings).Issue(request);
        Assert.Equal((ca.Issuing.NotBefore, ca.Issuing.NotAfter), (leaf.Validity.NotBefore, leaf.Validity.NotAfter));
        var facts = CertificateFacts.FromDer(leaf.Der)!;
        Assert.Equal((ca.Issuing.NotBefore, ca.Issuing.NotAfter), (facts.NotBefore, facts.NotAfter));
    }

    [Fact]
    public void An_expired_issuer_signs_nothing() =>
        Assert.Throws<ArgumentException>(() => new LeafTemplate(ca.Issuing, TestCa.Settings).Issue(Request(ca.Now.AddDays(2000), ca.Now.AddDays(2001))));

    [Fact]
    public void Times_from_2050_on_are_generalized_times()
    {
        using var root = CaFactory.CreateRoot("Long Root", KeyAlgorithms.EcdsaP256, ca.Now, TimeSpan.FromDays(365 * 40));
        using var authority = root.Open();
        var at2049 = new DateTimeOffset(2049, 12, 31, 23, 59, 59, TimeSpan.Zero);
        foreach (var notAfter in new[] { at2049, at2049.AddSeconds(1) })
        {
            var leaf = new LeafTemplate(authority, TestCa.Settings).Issue(Request(ca.Now, notAfter));
            Assert.Equal(notAfter, CertificateFacts.FromDer(leaf.Der)!.NotAfter);
            openssl.Write("leaf.der", leaf.Der);
            var type = notAfter == at2049 ? "UTCTIME           :491231235959Z" : "GENERALIZEDTIME   :20500101000000Z";
            Assert.Contains(type, openssl.Run("asn1parse -inform DER -in leaf.der"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Serial_numbers_with_any_top_bits_verify()
    {
        foreach (var hex in new[] { "01", "7f", "80", "ff00000000000000000000000000000a", "7fffffffffffffffffffffffffffffffffffffff" })
        {
            Assert.True(SerialNumber.TryParse(hex, out var serial));
            var leaf = new LeafTemplate(ca.Issuing, TestCa.Settings).Issue(Request(ca.Now, ca.Now.AddDays(1)) with { SerialNumber = serial });
            Assert.Equal(serial, CertificateFacts.FromDer(leaf.Der)!.SerialNumber);
            Verified(ca, leaf);
        }
    }

    [Fact]
    public void Many_threads_may_issue_at_once()
    {
        var template = new LeafTemplate(ca.Issuing, TestCa.Settings);
        var request = Request(ca.Now, ca.Now.AddDays(1));
        Parallel.For(0, 200, _ => Assert.True(ca.ChainIsValid(template.Issue(request).Der)));
    }

    private static LeafRequest Request(DateTimeOffset notBefore, DateTimeOffset notAfter) =>
        new(TestCa.NewKey(), TestCa.Names("www.example.com"), new Validity(notBefore, notAfter), SerialNumber.Random());

    private string Verified(TestCa authority, IssuedLeaf leaf)
    {
        openssl.Write("root.pem", authority.Root.Pem).Write("issuing.pem", authority.Issuing.Pem).Write("leaf.pem", leaf.Pem);
        openssl.Run("verify -x509_strict -purpose sslserver -CAfile root.pem -untrusted issuing.pem leaf.pem");
        return openssl.Run("x509 -in leaf.pem -noout -text");
    }

    public void Dispose()
    {
        ca.Dispose();
        openssl.Dispose();
    }
}
