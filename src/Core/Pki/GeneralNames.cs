using System.Formats.Asn1;
using System.Net;
using Certctl.Core.Domain.Names;

namespace Certctl.Core.Pki;

/// <summary>GeneralNames (RFC 5280 4.2.1.6) as certctl writes and reads them.</summary>
internal static class GeneralNames
{
    private static readonly string[] Kinds =
        ["otherName", "rfc822Name", "dNSName", "x400Address", "directoryName", "ediPartyName", "uniformResourceIdentifier", "iPAddress", "registeredID"];

    public static void Write(AsnWriter writer, SubjectAltName name)
    {
        switch (name.Type)
        {
            case SanType.Ip:
                Span<byte> address = stackalloc byte[16];
                IPAddress.Parse(name.Value).TryWriteBytes(address, out var length);
                writer.WriteOctetString(address[..length], Tag(7));
                break;
            case SanType.Email: writer.WriteCharacterString(UniversalTagNumber.IA5String, name.Value, Tag(1)); break;
            case SanType.Dns: writer.WriteCharacterString(UniversalTagNumber.IA5String, name.Value, Tag(2)); break;
            default: writer.WriteCharacterString(UniversalTagNumber.IA5String, name.Value, Tag(6)); break;
        }
    }

    /// <summary>
    /// Reads the value of a subject alternative name extension. What is not a valid name of a supported type goes to
    /// <paramref name="refused"/>: nothing is dropped.
    /// </summary>
    /// <exception cref="AsnContentException">Not DER.</exception>
    public static List<SubjectAltName> Read(ReadOnlyMemory<byte> extension, List<(bool Supported, string Message)> refused)
    {
        var outer = new AsnReader(extension, AsnEncodingRules.DER);
        var sequence = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var names = new List<SubjectAltName>();
        if (!sequence.HasData) refused.Add((true, "the subject alternative name extension is empty"));
        while (sequence.HasData)
        {
            if (names.Count + refused.Count >= CertificateNames.MaxCount)
            {
                refused.Add((true, $"there are more than {CertificateNames.MaxCount} subject alternative names"));
                return names;
            }

            var tag = sequence.PeekTag();
            if (tag.TagClass != TagClass.ContextSpecific || tag.TagValue >= Kinds.Length) throw new AsnContentException();
            if (TypeOf(tag.TagValue) is not { } type)
            {
                refused.Add((false, $"subject alternative names of type {Kinds[tag.TagValue]} are not supported"));
                sequence.ReadEncodedValue();
                continue;
            }

            var (name, problem) = ReadOne(sequence, type, tag.TagValue);
            if (name is null) refused.Add((true, problem!));
            else if (!names.Contains(name)) names.Add(name);
        }

        return names;
    }

    private static (SubjectAltName?, string?) ReadOne(AsnReader sequence, SanType type, int number)
    {
        if (type == SanType.Ip)
        {
            var address = SubjectAltName.FromAddress(sequence.ReadOctetString(Tag(number)));
            return (address, address is null ? "an IP address in the subject alternative names is not a plain IPv4 or IPv6 address" : null);
        }

        var text = sequence.ReadCharacterString(UniversalTagNumber.IA5String, Tag(number));
        return SubjectAltName.TryParse(type, text, out var name, out var error) ? (name, null) : (null, error);
    }

    private static SanType? TypeOf(int number) => number switch
    {
        1 => SanType.Email,
        2 => SanType.Dns,
        6 => SanType.Uri,
        7 => SanType.Ip,
        _ => null,
    };

    private static Asn1Tag Tag(int number) => new(TagClass.ContextSpecific, number);
}
