using System.Formats.Asn1;

namespace Certctl.Core.Pki;

/// <summary>One certificate asked about. <see cref="SerialNumber"/> is null when another CA issued it, or none could have.</summary>
internal sealed record OcspCertId(ReadOnlyMemory<byte> Encoded, SerialNumber? SerialNumber);

/// <summary>An OCSP request (RFC 6960 4.1) taken apart for one issuer.</summary>
public sealed class OcspRequest
{
    /// <summary>Largest request in bytes: room for the most certificates that one may ask about.</summary>
    public const int MaxLength = 10 * 1024;

    /// <summary>Most certificates in one request.</summary>
    public const int MaxCertificates = 32;

    private OcspRequest(IReadOnlyList<OcspCertId> certIds, ReadOnlyMemory<byte>? nonceExtension) =>
        (CertIds, NonceExtension) = (certIds, nonceExtension);

    /// <summary>The distinct serial numbers of this issuer that the answer needs a status for. Empty: none of the certificates is this issuer's.</summary>
    public IReadOnlyList<SerialNumber> SerialNumbers => [.. CertIds.Where(id => id.SerialNumber is not null).Select(id => id.SerialNumber!.Value).Distinct()];

    internal IReadOnlyList<OcspCertId> CertIds { get; }

    /// <summary>The whole DER extension, to be echoed.</summary>
    internal ReadOnlyMemory<byte>? NonceExtension { get; }

    /// <summary>Null when it is not a request that can be answered: respond <see cref="OcspResponder.MalformedRequest"/>.</summary>
    internal static OcspRequest? TryParse(ReadOnlyMemory<byte> der, Func<string, ReadOnlyMemory<byte>, ReadOnlyMemory<byte>, bool> isIssuer)
    {
        if (der.Length > MaxLength) return null;
        try
        {
            return Parse(der, isIssuer);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static OcspRequest? Parse(ReadOnlyMemory<byte> der, Func<string, ReadOnlyMemory<byte>, ReadOnlyMemory<byte>, bool> isIssuer)
    {
        var outer = new AsnReader(der, AsnEncodingRules.DER);
        var request = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var tbs = request.ReadSequence();
        // A request's signature and requestor name are optional and say nothing that a public answer depends on.
        if (HasTag(tbs, 0) && ReadVersion(tbs) != 0) return null;
        if (HasTag(tbs, 1)) tbs.ReadEncodedValue();
        var list = tbs.ReadSequence();
        var certIds = new List<OcspCertId>();
        while (list.HasData)
        {
            if (certIds.Count == MaxCertificates) return null;
            certIds.Add(ReadCertId(list.ReadSequence().ReadEncodedValue(), isIssuer));
        }

        if (certIds.Count == 0) return null;
        var nonce = HasTag(tbs, 2) ? ReadNonce(tbs.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 2)).ReadSequence()) : null;
        tbs.ThrowIfNotEmpty();
        return new OcspRequest(certIds, nonce);
    }

    private static OcspCertId ReadCertId(ReadOnlyMemory<byte> encoded, Func<string, ReadOnlyMemory<byte>, ReadOnlyMemory<byte>, bool> isIssuer)
    {
        var certId = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
        var hash = certId.ReadSequence().ReadObjectIdentifier();
        var nameHash = certId.ReadOctetString();
        var keyHash = certId.ReadOctetString();
        var serial = certId.ReadIntegerBytes();
        certId.ThrowIfNotEmpty();
        return isIssuer(hash, nameHash, keyHash) && Pki.SerialNumber.TryFromDer(serial.Span, out var number)
            ? new OcspCertId(encoded, number)
            : new OcspCertId(encoded, null);
    }

    /// <summary>RFC 9654 2.1: 1 to 32 octets are echoed, up to 128 may be ignored, all else is malformed.</summary>
    private static ReadOnlyMemory<byte>? ReadNonce(AsnReader extensions)
    {
        ReadOnlyMemory<byte>? nonce = null;
        while (extensions.HasData)
        {
            var encoded = extensions.PeekEncodedValue();
            var extension = extensions.ReadSequence();
            if (extension.ReadObjectIdentifier() != Oids.OcspNonce) continue;
            if (extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean)) extension.ReadBoolean();
            var value = extension.ReadOctetString();
            var length = AsnDecoder.TryReadPrimitiveOctetString(value, AsnEncodingRules.DER, out var inner, out var consumed) && consumed == value.Length
                ? inner.Length
                : throw new AsnContentException();
            if (length is 0 or > 128) throw new AsnContentException();
            if (length <= 32) nonce = encoded;
        }

        return nonce;
    }

    private static int ReadVersion(AsnReader tbs) =>
        tbs.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).TryReadInt32(out var version) ? version : -1;

    private static bool HasTag(AsnReader reader, int number) =>
        reader.HasData && reader.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, number));
}
