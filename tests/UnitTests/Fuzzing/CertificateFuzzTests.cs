using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Pki;
using Certctl.UnitTests.Pki;

namespace Certctl.UnitTests.Fuzzing;

/// <summary>What strangers send in DER and PEM is read or refused.</summary>
public sealed class CertificateFuzzTests : IDisposable
{
    private readonly TestCa ca = new();
    private readonly OpenSsl openssl = new();

    public void Dispose()
    {
        ca.Dispose();
        openssl.Dispose();
    }

    [Fact]
    public void Mutated_signing_requests_are_read_or_refused()
    {
        byte[][] originals = [Request(ECDsa.Create(ECCurve.NamedCurves.nistP256)), Request(ECDsa.Create(ECCurve.NamedCurves.nistP384)), Request(RSA.Create(2048)), Ed25519Request()];
        Assert.All(originals, der => Assert.NotNull(CertificateSigningRequest.FromDer(der).Request));
        var (_, refused) = FuzzRun.Over(10, random => DerMutations.Of(originals[random.Next(originals.Length)], random), der =>
        {
            var (request, error) = CertificateSigningRequest.FromDer(der);
            Assert.True(request is null != error is null);
            return request is not null;
        });
        Assert.True(refused > 1_000, $"only {refused} were refused: these mutations show nothing");
    }

    [Fact]
    public void Mutated_signing_requests_in_pem_are_read_or_refused()
    {
        var original = Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE REQUEST", Request(ECDsa.Create(ECCurve.NamedCurves.nistP256))));
        FuzzRun.Over(11, random => ByteMutations.Of(original, random), pem =>
        {
            var (request, error) = CertificateSigningRequest.FromPem(Encoding.UTF8.GetString(pem));
            Assert.True(request is null != error is null);
            return request is not null;
        });
    }

    [Fact]
    public void Mutated_certificates_are_read_or_refused()
    {
        byte[][] originals = [ca.Issue("www.example.test", null, null, "a.example.test", "10.0.0.1").Der.ToArray(), ca.Issuing.Der.ToArray(), ca.Root.Der.ToArray()];
        Assert.All(originals, der => Assert.NotNull(CertificateFacts.FromDer(der)));
        var (taken, refused) = FuzzRun.Over(12, random => DerMutations.Of(originals[random.Next(originals.Length)], random), der => CertificateFacts.FromDer(der) is not null);
        Assert.True(taken > 50 && refused > 500, $"{taken} were read and {refused} refused: these mutations show nothing");
    }

    [Fact]
    public void Mutated_certificates_of_tls_alpn_are_read_or_refused()
    {
        var original = Certctl.Loopback.TlsAlpn.TlsAlpnCertificate.Create(["www.example.test"], new byte[32]).RawData;
        Assert.NotNull(AcmeTlsAlpnCertificate.TryParse(original, out _));
        FuzzRun.Over(13, random => DerMutations.Of(original, random), der =>
        {
            var certificate = AcmeTlsAlpnCertificate.TryParse(der, out var problem);
            Assert.True(certificate is null != problem is null);
            return certificate is not null;
        });
    }

    /// <summary>The operator's own CA, as its file is read at the first start.</summary>
    [Fact]
    public void Mutated_ca_files_are_taken_or_refused_with_a_reason()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithms.EcdsaP256);
        using var root = CaFactory.CreateRoot("Fuzz Root", KeyAlgorithms.EcdsaP256, ca.Now, TimeSpan.FromDays(3650));
        using var authority = root.Open();
        using var issuing = CaFactory.CreateIssuing(authority, "Fuzz Issuing", KeyAlgorithms.EcdsaP256, ca.Now, TimeSpan.FromDays(1825), new Uri("http://pki.example.test/ca.crt"));
        var (pem, keyPem) = (issuing.CertificatesPem, PemEncoding.WriteString("PRIVATE KEY", issuing.Pkcs8));
        CertificateAuthority.FromPem(pem, keyPem, ca.Now).Dispose();
        byte[][] chain = [.. Blocks(pem), authority.Der.ToArray()];
        var pkcs8 = issuing.Pkcs8.ToArray();
        FuzzRun.Over(14, random => Encoding.UTF8.GetBytes(Mutated(chain, pkcs8, keyPem, random)), text =>
        {
            var parts = Encoding.UTF8.GetString(text).Split('\f');
            try
            {
                CertificateAuthority.FromPem(parts[0], parts[1], ca.Now).Dispose();
                return true;
            }
            catch (CaException e)
            {
                Assert.NotEmpty(e.Message);
                return false;
            }
        });
    }

    [Fact]
    public void Mutated_ocsp_requests_are_read_or_refused()
    {
        openssl.Write("leaf.pem", ca.Issue("www.example.test").Pem).Write("issuing.pem", ca.Issuing.Pem);
        openssl.Run("ocsp -sha1 -issuer issuing.pem -cert leaf.pem -sha256 -cert leaf.pem -nonce -reqout request.der");
        var (original, responder) = (openssl.Bytes("request.der"), new OcspResponder(ca.Issuing));
        Assert.NotNull(responder.Read(original));
        FuzzRun.Over(15, random => DerMutations.Of(original, random), der => Answered(responder, responder.Read(der)));
        FuzzRun.Over(
            16, random => ByteMutations.Of(Encoding.ASCII.GetBytes(Uri.EscapeDataString(Convert.ToBase64String(DerMutations.Of(original, random)))), random),
            path => Answered(responder, responder.ReadGet(Encoding.Latin1.GetString(path))));
    }

    private bool Answered(OcspResponder responder, OcspRequest? request)
    {
        if (request is null) return false;
        Assert.NotEmpty(responder.Respond(request, _ => null, ca.Now, ca.Now.AddHours(1)));
        return true;
    }

    private static string Mutated(byte[][] chain, byte[] pkcs8, string keyPem, Random random)
    {
        var certificates = (byte[][])chain.Clone();
        var at = random.Next(certificates.Length);
        if (random.Next(4) != 0) certificates[at] = DerMutations.Of(certificates[at], random);
        var pem = string.Concat(certificates.Select(der => PemEncoding.WriteString("CERTIFICATE", der) + "\n"));
        if (random.Next(8) == 0) pem = Encoding.Latin1.GetString(ByteMutations.Of(Encoding.ASCII.GetBytes(pem), random));
        var key = random.Next(4) == 0 ? PemEncoding.WriteString("PRIVATE KEY", DerMutations.Of(pkcs8, random)) : keyPem;
        return $"{pem.Replace('\f', ' ')}\f{key}";
    }

    private static IEnumerable<byte[]> Blocks(string pem)
    {
        var collection = new X509Certificate2Collection();
        collection.ImportFromPem(pem);
        return collection.Select(c => c.RawData);
    }

    private static byte[] Request(AsymmetricAlgorithm key)
    {
        using (key)
        {
            var request = key is ECDsa ecdsa
                ? new CertificateRequest("CN=www.example.test, O=Fuzz", ecdsa, HashAlgorithmName.SHA256)
                : new CertificateRequest("CN=www.example.test, O=Fuzz", (RSA)key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var sans = new SubjectAlternativeNameBuilder();
            sans.AddDnsName("a.example.test");
            sans.AddIpAddress(IPAddress.Parse("10.0.0.1"));
            sans.AddEmailAddress("a@example.test");
            sans.AddUri(new Uri("spiffe://example.test/a"));
            request.CertificateExtensions.Add(sans.Build());
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
            return request.CreateSigningRequest();
        }
    }

    private byte[] Ed25519Request()
    {
        openssl.Run("req -new -newkey ed25519 -nodes -keyout key.pem -subj /CN=www.example.test -outform DER -out request25519.der");
        return openssl.Bytes("request25519.der");
    }
}
