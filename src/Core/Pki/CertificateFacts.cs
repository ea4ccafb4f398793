using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certctl.Core.Domain.Names;

namespace Certctl.Core.Pki;

/// <summary>What can be read off a certificate without trusting it.</summary>
/// <param name="CommonName">The subject's common name as it stands, or null.</param>
/// <param name="Names">Subject alternative names of the supported types.</param>
/// <param name="FingerprintSha256">Lower case hex.</param>
/// <param name="AuthorityKeyIdentifier">The keyIdentifier field (ARI's certificate identifier begins with it), or null.</param>
/// <param name="PublicKey">Null when certctl would not certify such a key.</param>
public sealed record CertificateFacts(
    SerialNumber SerialNumber,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    string Subject,
    string Issuer,
    string? CommonName,
    IReadOnlyList<SubjectAltName> Names,
    string FingerprintSha256,
    ReadOnlyMemory<byte>? AuthorityKeyIdentifier,
    SubjectPublicKey? PublicKey,
    bool IsCa)
{
    /// <summary>Largest certificate in bytes of DER.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Reads the first certificate of a PEM text, such as a chain; null when there is none or it cannot be read.</summary>
    public static CertificateFacts? FromPem(string pem) =>
        PemEncoding.TryFind(pem, out var fields) && pem[fields.Label] == "CERTIFICATE"
            ? FromDer(Convert.FromBase64String(pem[fields.Base64Data]))
            : null;

    /// <summary>Null when it is not a certificate with a positive serial number.</summary>
    public static CertificateFacts? FromDer(byte[] der)
    {
        if (der.Length > MaxLength) return null;
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            return SerialNumber.TryFromDer(certificate.SerialNumberBytes.Span, out var serial) && certificate.RawData.AsSpan().SequenceEqual(der)
                ? Read(certificate, serial)
                : null;
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            return null;
        }
    }

    private static CertificateFacts Read(X509Certificate2 certificate, SerialNumber serial)
    {
        var names = certificate.Extensions[Oids.SubjectAltName] is { } extension ? GeneralNames.Read(extension.RawData, []) : [];
        var key = SubjectPublicKey.TryParse(certificate.PublicKey.ExportSubjectPublicKeyInfo(), out var known, out _) ? known : null;
        return new CertificateFacts(
            serial,
            new DateTimeOffset(certificate.NotBefore.ToUniversalTime()),
            new DateTimeOffset(certificate.NotAfter.ToUniversalTime()),
            certificate.Subject,
            certificate.Issuer,
            CommonNameOf(certificate.SubjectName),
            names,
            Convert.ToHexStringLower(SHA256.HashData(certificate.RawData)),
            certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier,
            key,
            certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault()?.CertificateAuthority ?? false);
    }

    private static string? CommonNameOf(X500DistinguishedName subject) =>
        subject.EnumerateRelativeDistinguishedNames()
            .FirstOrDefault(rdn => !rdn.HasMultipleElements && rdn.GetSingleElementType().Value == Oids.CommonName)
            ?.GetSingleElementValue();
}
