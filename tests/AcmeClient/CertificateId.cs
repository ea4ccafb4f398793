using System.Buffers.Text;
using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Certctl.Rfc8555;

/// <summary>The name of a certificate in renewalInfo and "replaces" (RFC 9773 4.1).</summary>
public static class CertificateId
{
    /// <summary>The authority key identifier and the DER content of the serial number, which keeps a leading zero byte.</summary>
    /// <exception cref="InvalidDataException">The certificate names no authority key.</exception>
    public static string Of(X509Certificate2 certificate)
    {
        var authority = certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier
            ?? throw new InvalidDataException("The certificate has no authority key identifier.");
        return Base64Url.EncodeToString(authority.Span) + "." + Base64Url.EncodeToString(Serial(certificate));
    }

    // SerialNumberBytes drops nothing, but says nothing of it either: read what was signed.
    private static byte[] Serial(X509Certificate2 certificate)
    {
        var tbs = new AsnReader(certificate.RawDataMemory, AsnEncodingRules.DER).ReadSequence().ReadSequence();
        if (tbs.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 0))) tbs.ReadEncodedValue();
        return tbs.ReadIntegerBytes().ToArray();
    }
}
