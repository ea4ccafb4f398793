using System.Formats.Asn1;
using Certctl.Core.Domain.Names;

namespace Certctl.Core.Pki;

/// <summary>Takes a PKCS#10 request apart (RFC 2986 4); every way out but success is a <see cref="CsrError"/>.</summary>
internal static class CsrReader
{
    // Read and left alone when critical: the profile decides what they ask for.
    private static readonly HashSet<string> Understood =
    [
        Oids.SubjectAltName, Oids.BasicConstraints, Oids.KeyUsage, Oids.ExtendedKeyUsage, Oids.SubjectKeyIdentifier,
        Oids.CertificatePolicies, Oids.TlsFeature,
    ];

    // RFC 5280 4.1.2.4, and IA5String, which some tools write.
    private static readonly HashSet<UniversalTagNumber> DirectoryStrings =
    [
        UniversalTagNumber.UTF8String, UniversalTagNumber.PrintableString, UniversalTagNumber.TeletexString,
        UniversalTagNumber.BMPString, UniversalTagNumber.IA5String,
    ];

    public static CsrResult Read(ReadOnlyMemory<byte> der)
    {
        try
        {
            return new CsrResult(Parse(der), null);
        }
        catch (RefusedException e)
        {
            return new CsrResult(null, e.Error);
        }
        catch (AsnContentException)
        {
            return new CsrResult(null, new CsrError(CsrErrorKind.Malformed, "the certificate signing request is not a PKCS#10 request in DER"));
        }
    }

    private static CertificateSigningRequest Parse(ReadOnlyMemory<byte> der)
    {
        var outer = new AsnReader(der, AsnEncodingRules.DER);
        var request = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var signed = request.PeekEncodedValue();
        var info = request.ReadSequence();
        var algorithm = request.ReadSequence();
        var signature = request.ReadBitString(out var unusedBits);
        request.ThrowIfNotEmpty();

        if (!info.TryReadInt32(out var version) || version != 0) throw Refused(CsrErrorKind.Malformed, "the certificate signing request is not of version 1");
        var commonName = ReadCommonName(info.ReadSequence());
        if (!SubjectPublicKey.TryParse(info.ReadEncodedValue(), out var key, out var keyProblem)) throw Refused(CsrErrorKind.UnacceptableKey, keyProblem);
        var names = info.HasData ? ReadAttributes(info) : [];
        info.ThrowIfNotEmpty();

        if (ProofOfPossession.Problem(key, algorithm, signed.Span, unusedBits == 0 ? signature : []) is { } error) throw new RefusedException(error);
        return new CertificateSigningRequest(commonName, commonName is null || names.Contains(commonName) ? names : [commonName, .. names], key);
    }

    private static SubjectAltName? ReadCommonName(AsnReader subject)
    {
        SubjectAltName? commonName = null;
        while (subject.HasData)
        {
            var rdn = subject.ReadSetOf(skipSortOrderValidation: true);
            while (rdn.HasData)
            {
                var attribute = rdn.ReadSequence();
                var type = attribute.ReadObjectIdentifier();
                if (type != Oids.CommonName)
                {
                    attribute.ReadEncodedValue();
                    continue;
                }

                if (commonName is not null) throw Refused(CsrErrorKind.InvalidName, "the subject has more than one common name");
                var tag = attribute.PeekTag();
                if (tag.TagClass != TagClass.Universal || !DirectoryStrings.Contains((UniversalTagNumber)tag.TagValue))
                    throw Refused(CsrErrorKind.InvalidName, "the common name is not a directory string");
                var text = attribute.ReadCharacterString((UniversalTagNumber)tag.TagValue);
                if (text.Length == 0) continue;
                if (!SubjectAltName.TryParse(text, out commonName, out var error)) throw Refused(CsrErrorKind.InvalidName, $"the common name {error}");
            }
        }

        return commonName;
    }

    private static List<SubjectAltName> ReadAttributes(AsnReader info)
    {
        // Some encoders leave the SET OF unsorted.
        var attributes = info.ReadSetOf(skipSortOrderValidation: true, new Asn1Tag(TagClass.ContextSpecific, 0));
        List<SubjectAltName>? names = null;
        while (attributes.HasData)
        {
            var attribute = attributes.ReadSequence();
            var type = attribute.ReadObjectIdentifier();
            var values = attribute.ReadSetOf(skipSortOrderValidation: true);
            attribute.ThrowIfNotEmpty();
            if (type != Oids.ExtensionRequest) continue;
            if (names is not null) throw Refused(CsrErrorKind.Malformed, "there is more than one extension request");
            names = ReadExtensions(values.ReadSequence());
            values.ThrowIfNotEmpty();
        }

        return names ?? [];
    }

    private static List<SubjectAltName> ReadExtensions(AsnReader extensions)
    {
        List<SubjectAltName> names = [];
        var seen = new HashSet<string>();
        while (extensions.HasData)
        {
            var extension = extensions.ReadSequence();
            var oid = extension.ReadObjectIdentifier();
            var critical = extension.HasData && extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && extension.ReadBoolean();
            var value = extension.ReadOctetString();
            extension.ThrowIfNotEmpty();
            if (!seen.Add(oid)) throw Refused(CsrErrorKind.Malformed, $"the extension {oid} is requested twice");
            if (critical && !Understood.Contains(oid)) throw Refused(CsrErrorKind.Malformed, $"the critical extension {oid} is not supported");
            if (oid == Oids.SubjectAltName) names = ReadNames(value);
            if (oid == Oids.BasicConstraints && AsksForCa(value)) throw Refused(CsrErrorKind.AsksForCa, "the request asks for a CA certificate");
        }

        return names;
    }

    private static List<SubjectAltName> ReadNames(byte[] extension)
    {
        var refused = new List<(bool Supported, string Message)>();
        var names = GeneralNames.Read(extension, refused);
        if (refused.Count == 0) return names;
        var kind = refused.Exists(r => !r.Supported) ? CsrErrorKind.UnsupportedName : CsrErrorKind.InvalidName;
        throw Refused(kind, string.Join("; ", refused.Select(r => r.Message).Distinct().Take(5)));
    }

    private static bool AsksForCa(byte[] value)
    {
        var constraints = new AsnReader(value, AsnEncodingRules.DER).ReadSequence();
        return constraints.HasData && constraints.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && constraints.ReadBoolean();
    }

    private static RefusedException Refused(CsrErrorKind kind, string message) => new(new CsrError(kind, message));

    /// <summary>Leaves nested readers in one step; never leaves this class.</summary>
    private sealed class RefusedException(CsrError error) : Exception
    {
        public CsrError Error { get; } = error;
    }
}
