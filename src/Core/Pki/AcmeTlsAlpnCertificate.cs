using System.Formats.Asn1;
using System.Net;

namespace Certctl.Core.Pki;

/// <summary>The certificate of a tls-alpn-01 response (RFC 8737 3): one subject alternative name, and one acmeIdentifier.</summary>
/// <param name="DnsName">As it stands; null when the name is an address.</param>
/// <param name="Address">Null when the name is a dNSName.</param>
/// <param name="Digest">SHA-256 of a key authorization, 32 bytes.</param>
public sealed record AcmeTlsAlpnCertificate(string? DnsName, IPAddress? Address, ReadOnlyMemory<byte> Digest)
{
    private const int DigestLength = 32;
    private static readonly Asn1Tag DnsNameTag = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag AddressTag = new(TagClass.ContextSpecific, 7);
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 3);

    /// <summary>Null when it is no such certificate; the problem is the rest of a sentence that begins with the certificate.</summary>
    public static AcmeTlsAlpnCertificate? TryParse(ReadOnlyMemory<byte> der, out string? problem)
    {
        try
        {
            AcmeTlsAlpnCertificate? certificate = null;
            (certificate, problem) = der.Length > CertificateFacts.MaxLength ? (null, "is too long") : Parse(der);
            return certificate;
        }
        catch (AsnContentException)
        {
            problem = "is malformed";
            return null;
        }
    }

    private static (AcmeTlsAlpnCertificate?, string?) Parse(ReadOnlyMemory<byte> der)
    {
        var extensions = Extensions(der);
        // A second extension of the same type is against RFC 5280 4.2, and it would be anyone's guess which one counts.
        if (extensions.GroupBy(e => e.Oid).Any(g => g.Count() > 1)) return (null, "has an extension twice");
        if (extensions.FirstOrDefault(e => e.Oid == Oids.AcmeIdentifier) is not { } acme) return (null, "has no acmeIdentifier extension");
        if (!acme.Critical) return (null, "has an acmeIdentifier extension that is not critical");
        if (DigestOf(acme.Value) is not { Length: DigestLength } digest) return (null, "has an acmeIdentifier that is not a SHA-256 digest");
        if (extensions.FirstOrDefault(e => e.Oid == Oids.SubjectAltName) is not { } names) return (null, "has no subject alternative name");
        var (dnsName, address) = OnlyName(names.Value);
        return dnsName is null && address is null
            ? (null, "has not exactly one subject alternative name, of type dNSName or iPAddress")
            : (new AcmeTlsAlpnCertificate(dnsName, address, digest), null);
    }

    private static List<Extension> Extensions(ReadOnlyMemory<byte> der)
    {
        var outer = new AsnReader(der, AsnEncodingRules.DER);
        var certificate = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var tbs = certificate.ReadSequence();
        while (tbs.HasData && !tbs.PeekTag().HasSameClassAndValue(ExtensionsTag)) tbs.ReadEncodedValue();
        var list = new List<Extension>();
        if (!tbs.HasData) return list;
        var sequence = tbs.ReadSequence(ExtensionsTag).ReadSequence();
        while (sequence.HasData)
        {
            var extension = sequence.ReadSequence();
            var oid = extension.ReadObjectIdentifier();
            var critical = extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && extension.ReadBoolean();
            list.Add(new Extension(oid, critical, extension.ReadOctetString()));
            extension.ThrowIfNotEmpty();
        }

        return list;
    }

    private static byte[] DigestOf(ReadOnlyMemory<byte> value)
    {
        var reader = new AsnReader(value, AsnEncodingRules.DER);
        var digest = reader.ReadOctetString();
        reader.ThrowIfNotEmpty();
        return digest;
    }

    private static (string? DnsName, IPAddress? Address) OnlyName(ReadOnlyMemory<byte> value)
    {
        var outer = new AsnReader(value, AsnEncodingRules.DER);
        var names = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        if (!names.HasData) return (null, null);
        var tag = names.PeekTag();
        string? dnsName = null;
        IPAddress? address = null;
        if (tag.HasSameClassAndValue(DnsNameTag)) dnsName = names.ReadCharacterString(UniversalTagNumber.IA5String, DnsNameTag);
        else if (tag.HasSameClassAndValue(AddressTag) && names.ReadOctetString(AddressTag) is { Length: 4 or 16 } bytes) address = new IPAddress(bytes);
        return names.HasData ? (null, null) : (dnsName, address);
    }

    private sealed record Extension(string Oid, bool Critical, ReadOnlyMemory<byte> Value);
}
