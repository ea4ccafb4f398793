using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Certctl.Loopback.TlsAlpn;

/// <summary>Self-signed certificates that answer tls-alpn-01 (RFC 8737 3), and those that fail to.</summary>
public static class TlsAlpnCertificate
{
    private const string AcmeIdentifier = "1.3.6.1.5.5.7.1.31";

    /// <summary>As the RFC wants it.</summary>
    /// <param name="identifier">A DNS name or an IP address.</param>
    public static X509Certificate2 For(string identifier, string keyAuthorization) =>
        Create([identifier], SHA256.HashData(Encoding.ASCII.GetBytes(keyAuthorization)));

    /// <summary>With parts left out or doubled.</summary>
    /// <param name="names">DNS names, IP addresses and e-mail addresses; none for no subject alternative name at all.</param>
    /// <param name="digest">Null for no acmeIdentifier.</param>
    /// <param name="issuerUrl">Where the certificate says that its issuer's is to be had.</param>
    public static X509Certificate2 Create(IReadOnlyList<string> names, byte[]? digest, bool critical = true, Uri? issuerUrl = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=ACME challenge", key, HashAlgorithmName.SHA256);
        if (names.Count > 0) request.CertificateExtensions.Add(SubjectAltNames(names));
        if (digest is not null) request.CertificateExtensions.Add(new X509Extension(AcmeIdentifier, OctetString(digest), critical));
        if (issuerUrl is not null) request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [issuerUrl.ToString()]));
        var now = TimeProvider.System.GetUtcNow();
        if (issuerUrl is null) return request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));

        // Only a chain that does not end in itself makes anyone look for an issuer.
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var issuer = X509SignatureGenerator.CreateForECDsa(issuerKey);
        using var signed = request.Create(new X500DistinguishedName("CN=Unknown CA"), issuer, now.AddHours(-1), now.AddHours(1), [1]);
        return signed.CopyWithPrivateKey(key);
    }

    private static X509Extension SubjectAltNames(IReadOnlyList<string> names)
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address)) builder.AddIpAddress(address);
            else if (name.Contains('@')) builder.AddEmailAddress(name);
            else builder.AddDnsName(name);
        }

        return builder.Build();
    }

    private static byte[] OctetString(byte[] value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteOctetString(value);
        return writer.Encode();
    }
}
