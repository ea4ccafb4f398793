using System.Security.Cryptography;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Pki;

namespace Certctl.UnitTests.Pki;

public sealed class CertificateAuthorityTests : IDisposable
{
    private readonly TestCa ca = new();
    private readonly OpenSsl openssl = new();

    [Theory]
    [InlineData(KeyAlgorithms.EcdsaP256)]
    [InlineData(KeyAlgorithms.EcdsaP384)]
    [InlineData(KeyAlgorithms.Rsa2048)]
    public void OpenSsl_accepts_root_and_issuing_ca(string algorithm)
    {
        var made = TestCa.Shared(algorithm);
        openssl.Write("root.pem", made.Root.Pem).Write("issuing.pem", made.Issuing.Pem);
        openssl.Run("verify -x509_strict -CAfile root.pem root.pem");
        openssl.Run("verify -x509_strict -CAfile root.pem issuing.pem");

        var text = openssl.Run("x509 -in issuing.pem -noout -text");
        Assert.Contains("CA:TRUE, pathlen:0", text, StringComparison.Ordinal);
        Assert.Contains("Digital Signature, Certificate Sign, CRL Sign", text, StringComparison.Ordinal);
        Assert.Contains("CA Issuers - URI:http://pki.example.test/ca/iss-local-root.crt", text, StringComparison.Ordinal);
        Assert.Equal(made.Root.Pem, made.Issuing.RootPem);
        Assert.Equal(made.Issuing.Pem, made.Issuing.ChainPem);
    }

    [Theory]
    [InlineData("ecparam -name prime256v1 -genkey -noout -out key.pem")]
    [InlineData("ecparam -name prime256v1 -genkey -out key.pem")]
    [InlineData("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out key.pem")]
    [InlineData("genrsa -traditional -out key.pem 2048")]
    [InlineData("genrsa -out key.pem 3072")]
    public void An_operators_ca_issues_under_its_own_chain(string makeKey)
    {
        openssl.Run(makeKey);
        openssl.Run("req -x509 -key key.pem -out ca.pem -days 30 -subj /CN=Operator -addext keyUsage=critical,keyCertSign,cRLSign");
        // openssl's clock starts the certificate a moment later than the test's CA.
        var now = TimeProvider.System.GetUtcNow();
        using var signing = CertificateAuthority.FromPem(openssl.Text("ca.pem"), openssl.Text("key.pem"), now);
        var validity = Validity.Starting(now, TimeSpan.FromDays(5));
        var leaf = new LeafTemplate(signing, TestCa.Settings)
            .Issue(new LeafRequest(TestCa.NewKey(), TestCa.Names("www.example.com"), validity, SerialNumber.Random()));
        openssl.Write("leaf.pem", leaf.Pem).Run("verify -x509_strict -CAfile ca.pem leaf.pem");
    }

    [Fact]
    public void A_sub_ca_with_its_chain_sends_intermediates_but_not_the_root()
    {
        using var key = new Keyed(ca);
        using var signing = CertificateAuthority.FromPem(key.Ca.CertificatesPem, PemText.PrivateKey(key.Ca.Pkcs8), ca.Now);
        Assert.Equal(signing.Pem, signing.ChainPem);
        Assert.Equal(ca.Root.Pem, signing.RootPem);
    }

    [Fact]
    public void What_cannot_work_is_refused_by_name()
    {
        using var made = new Keyed(ca);
        using var otherKey = KeyGenerator.Generate(KeyAlgorithms.EcdsaP256);
        using var ed25519 = KeyGenerator.Generate(KeyAlgorithms.Ed25519);
        var (pem, key) = (made.Ca.CertificatesPem, PemText.PrivateKey(made.Ca.Pkcs8));
        using var leafKey = KeyGenerator.Generate(KeyAlgorithms.EcdsaP256);
        var leaf = ca.Issue("www.example.com", leafKey.PublicKey).Pem;

        Refuses("does not belong", pem, PemText.PrivateKey(otherKey.Pkcs8));
        Refuses("basic constraints", leaf, PemText.PrivateKey(leafKey.Pkcs8));
        Refuses("expired", pem, key, ca.Now.AddDays(4000));
        Refuses("not valid before", pem, key, ca.Now.AddDays(-1));
        Refuses("not the issuer", pem + ca.Issuing.Pem, key);
        Refuses("no CERTIFICATE block", "", key);
        Refuses("no CERTIFICATE block", key, key);
        Refuses("not a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", key);
        Refuses("not one EC or RSA key", pem, "");
        Refuses("not one EC or RSA key", pem, pem);
        Refuses("not one EC or RSA key", pem, PemText.PrivateKey(ed25519.Pkcs8));
        Refuses("passphrase", pem, Encrypted(made.Ca.Pkcs8));
    }

    [Fact]
    public void A_chain_whose_signature_does_not_verify_is_refused()
    {
        // Same name, other key: only the signature tells.
        using var impostor = CaFactory.CreateRoot("Test Root", KeyAlgorithms.EcdsaP256, ca.Now, TimeSpan.FromDays(10));
        using var made = new Keyed(ca);
        var own = made.Ca.CertificatesPem[..(made.Ca.CertificatesPem.IndexOf("-----END", StringComparison.Ordinal) + 26)];
        Refuses("did not sign", own + impostor.CertificatesPem, PemText.PrivateKey(made.Ca.Pkcs8));
    }

    [Fact]
    public void A_ca_without_keyCertSign_is_refused()
    {
        openssl.Run("ecparam -name prime256v1 -genkey -noout -out key.pem");
        openssl.Run("req -x509 -key key.pem -out ca.pem -days 30 -subj /CN=Operator -addext keyUsage=critical,cRLSign");
        Refuses("keyCertSign", openssl.Text("ca.pem"), openssl.Text("key.pem"));
    }

    [Fact]
    public void Many_threads_may_sign_at_once()
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(ca.Issuing.PublicKey.Info.Span, out _);
        Parallel.For(0, 500, i =>
        {
            var data = BitConverter.GetBytes(i);
            var signature = ca.Issuing.Sign(data);
            lock (key) Assert.True(key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        });
    }

    private void Refuses(string reason, string certificates, string key, DateTimeOffset? now = null)
    {
        var error = Assert.Throws<CaException>(() => CertificateAuthority.FromPem(certificates, key, now ?? ca.Now));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static string Encrypted(ReadOnlySpan<byte> pkcs8)
    {
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
    }

    public void Dispose()
    {
        ca.Dispose();
        openssl.Dispose();
    }

    /// <summary>An issuing CA whose private key the test can see.</summary>
    private sealed class Keyed(TestCa ca) : IDisposable
    {
        public NewCa Ca { get; } = CaFactory.CreateIssuing(
            ca.Root, "Sub CA", KeyAlgorithms.EcdsaP256, ca.Now, TimeSpan.FromDays(100), new Uri("http://pki.example.test/root.crt"));

        public void Dispose() => Ca.Dispose();
    }
}
