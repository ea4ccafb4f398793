using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certctl.Core.Pki;

namespace Certctl.UnitTests.Pki;

public sealed class CertificateSigningRequestTests : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly OpenSsl openssl = new();

    [Fact]
    public void Every_name_asked_for_is_reported()
    {
        var sans = new SubjectAlternativeNameBuilder();
        sans.AddDnsName("WWW.example.com");
        sans.AddDnsName("www.example.com");
        sans.AddIpAddress(IPAddress.Parse("10.0.0.1"));
        sans.AddIpAddress(IPAddress.Parse("2001:db8::1"));
        sans.AddEmailAddress("bob@example.com");
        sans.AddUri(new Uri("spiffe://example.com/a"));
        var request = Accepted(Build("CN=Smuggled.example.com, O=Ignored", sans));

        Assert.Equal("smuggled.example.com", request.CommonName?.Value);
        Assert.Equal(
            ["smuggled.example.com", "www.example.com", "10.0.0.1", "2001:db8::1", "bob@example.com", "spiffe://example.com/a"],
            request.Names.Select(n => n.Value));
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), request.PublicKey.Info);
    }

    [Fact]
    public void A_request_without_names_has_none()
    {
        var request = Accepted(Build("O=Nobody"));
        Assert.Null(request.CommonName);
        Assert.Empty(request.Names);
    }

    [Theory]
    [InlineData("-newkey rsa:2048 -nodes", "RSA", 2048)]
    [InlineData("-newkey rsa:2048 -nodes -sha512", "RSA", 2048)]
    [InlineData("-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes", "ECDSA", 256)]
    [InlineData("-newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -sha384", "ECDSA", 384)]
    [InlineData("-newkey ed25519 -nodes", "Ed25519", 256)]
    public void OpenSsl_requests_of_all_supported_keys_are_accepted(string arguments, string algorithm, int size)
    {
        var request = Accepted(ByOpenSsl(arguments + " -addext subjectAltName=DNS:a.example.com,DNS:b.example.com"));
        Assert.Equal((algorithm, size), (request.PublicKey.Algorithm, request.PublicKey.Size));
        Assert.Equal(["req.example.com", "a.example.com", "b.example.com"], request.Names.Select(n => n.Value));
    }

    [Theory]
    [InlineData("-newkey rsa:1024 -nodes", CsrErrorKind.UnacceptableKey, "1024 bits")]
    [InlineData("-newkey rsa:2048 -pkeyopt rsa_keygen_pubexp:3 -nodes", CsrErrorKind.UnacceptableKey, "exponent")]
    [InlineData("-newkey ec -pkeyopt ec_paramgen_curve:P-521 -nodes", CsrErrorKind.UnacceptableKey, "curve")]
    [InlineData("-newkey ec -pkeyopt ec_paramgen_curve:secp256k1 -nodes", CsrErrorKind.UnacceptableKey, "curve")]
    [InlineData("-newkey ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit -nodes", CsrErrorKind.UnacceptableKey, "explicit")]
    [InlineData("-newkey ed448 -nodes", CsrErrorKind.UnacceptableKey, "not supported")]
    [InlineData("-newkey rsa:2048 -nodes -sha1", CsrErrorKind.UnacceptableSignatureAlgorithm, "SHA-1")]
    [InlineData("-newkey rsa:2048 -nodes -md5", CsrErrorKind.UnacceptableSignatureAlgorithm, "MD5")]
    [InlineData("-newkey rsa:2048 -nodes -sigopt rsa_padding_mode:pss", CsrErrorKind.UnacceptableSignatureAlgorithm, "not supported")]
    [InlineData("-newkey ed25519 -nodes -addext basicConstraints=CA:TRUE", CsrErrorKind.AsksForCa, "CA certificate")]
    [InlineData("-newkey ed25519 -nodes -addext nameConstraints=critical,permitted;DNS:x", CsrErrorKind.Malformed, "critical extension 2.5.29.30")]
    [InlineData("-newkey ed25519 -nodes -addext subjectAltName=otherName:1.2.3.4;UTF8:admin", CsrErrorKind.UnsupportedName, "otherName")]
    [InlineData("-newkey ed25519 -nodes -addext subjectAltName=DNS:ok.example.com,RID:1.2.3.4", CsrErrorKind.UnsupportedName, "registeredID")]
    [InlineData("-newkey ed25519 -nodes -addext subjectAltName=DNS:bad_name.example.com", CsrErrorKind.InvalidName, "bad_name")]
    [InlineData("-newkey ed25519 -nodes -addext subjectAltName=DNS:10.0.0.1", CsrErrorKind.InvalidName, "IP address")]
    public void Unfit_requests_are_refused_by_what_is_wrong(string arguments, CsrErrorKind kind, string reason) =>
        Refused(ByOpenSsl(arguments), kind, reason);

    [Fact]
    public void A_directory_name_is_reported_not_dropped()
    {
        // GeneralNames { [4] { Name } }
        var name = new X500DistinguishedName("CN=admin").RawData;
        byte[] value = [0x30, (byte)(name.Length + 2), 0xa4, (byte)name.Length, .. name];
        Refused(Build("CN=a.example.com", extension: new X509Extension("2.5.29.17", value, critical: false)), CsrErrorKind.UnsupportedName, "directoryName");
    }

    [Fact]
    public void A_common_name_that_is_no_name_is_refused() => Refused(Build("CN=My Server"), CsrErrorKind.InvalidName, "My Server");

    [Fact]
    public void Two_common_names_are_refused() => Refused(Build("CN=a.example.com, CN=b.example.com"), CsrErrorKind.InvalidName, "more than one common name");

    [Fact]
    public void A_changed_signature_or_name_is_refused()
    {
        var der = PemDer(Build("CN=a.example.com"));
        der[^1] ^= 1;
        Assert.Equal(CsrErrorKind.BadSignature, CertificateSigningRequest.FromDer(der).Error?.Kind);

        der = PemDer(Build("CN=a.example.com"));
        der[der.AsSpan().IndexOf("a.example"u8)] = (byte)'b';
        Assert.Equal(CsrErrorKind.BadSignature, CertificateSigningRequest.FromDer(der).Error?.Kind);
    }

    [Theory]
    [InlineData("", "no PEM block")]
    [InlineData("garbage", "no PEM block")]
    [InlineData("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----", "PKCS#10")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "labelled CERTIFICATE")]
    [InlineData("-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----", "PKCS#10")]
    public void What_is_no_request_is_refused(string pem, string reason) => Refused(pem, CsrErrorKind.Malformed, reason);

    [Fact]
    public void Oversize_and_doubled_requests_are_refused()
    {
        var pem = Build("CN=a.example.com");
        Refused(pem + new string(' ', CertificateSigningRequest.MaxLength), CsrErrorKind.Malformed, "longer than");
        Refused(pem + "\n" + pem, CsrErrorKind.Malformed, "more than one");
        Assert.Equal(CsrErrorKind.Malformed, CertificateSigningRequest.FromDer(new byte[70_000]).Error?.Kind);
    }

    [Fact]
    public void More_than_a_hundred_names_are_refused()
    {
        var sans = new SubjectAlternativeNameBuilder();
        for (var i = 0; i < 101; i++) sans.AddDnsName($"n{i}.example.com");
        Refused(Build("CN=a.example.com", sans), CsrErrorKind.InvalidName, "more than 100");
    }

    [Fact]
    public void Altered_and_random_requests_are_refused_but_never_throw()
    {
        var sans = new SubjectAlternativeNameBuilder();
        sans.AddDnsName("a.example.com");
        sans.AddIpAddress(IPAddress.Loopback);
        var der = PemDer(Build("CN=a.example.com", sans));
        var random = new Random(5);
        for (var i = 0; i < 3_000; i++)
        {
            var altered = der.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--) altered[random.Next(altered.Length)] = (byte)random.Next(256);
            if (!altered.AsSpan().SequenceEqual(der)) Assert.NotNull(CertificateSigningRequest.FromDer(altered).Error);
            Assert.NotNull(CertificateSigningRequest.FromDer(altered.AsMemory(0, random.Next(altered.Length))).Error);

            var noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            Assert.NotNull(CertificateSigningRequest.FromDer(noise).Error);
        }
    }

    private static CertificateSigningRequest Accepted(string pem)
    {
        var result = CertificateSigningRequest.FromPem(pem);
        Assert.True(result.Error is null, result.Error?.Message);
        return result.Request!;
    }

    private static void Refused(string pem, CsrErrorKind kind, string reason)
    {
        var result = CertificateSigningRequest.FromPem(pem);
        Assert.Null(result.Request);
        Assert.Equal(kind, result.Error?.Kind);
        Assert.Contains(reason, result.Error?.Message, StringComparison.Ordinal);
    }

    private string Build(string subject, SubjectAlternativeNameBuilder? sans = null, X509Extension? extension = null)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        if (sans is not null) request.CertificateExtensions.Add(sans.Build());
        if (extension is not null) request.CertificateExtensions.Add(extension);
        return request.CreateSigningRequestPem();
    }

    private string ByOpenSsl(string arguments)
    {
        openssl.Run($"req -new -subj /CN=req.example.com -keyout key.pem -out req.pem {arguments}");
        return openssl.Text("req.pem");
    }

    private static byte[] PemDer(string pem) => Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]);

    public void Dispose()
    {
        key.Dispose();
        openssl.Dispose();
    }
}
