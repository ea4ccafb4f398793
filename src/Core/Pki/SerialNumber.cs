using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Certctl.Core.Pki;

/// <summary>
/// A certificate's serial number: positive, at most 20 octets in DER (RFC 5280 4.1.2.2). Its text is lower case hex of whole
/// bytes without leading zero bytes, so that one number has one text.
/// </summary>
public readonly record struct SerialNumber
{
    private const int MaxOctets = 20;
    private readonly string? hex;

    private SerialNumber(string hex) => this.hex = hex;

    /// <summary>128 random bits. The first byte is never zero, so that every text has 32 digits.</summary>
    public static SerialNumber Random()
    {
        Span<byte> bytes = stackalloc byte[16];
        do RandomNumberGenerator.Fill(bytes);
        while (bytes[0] == 0);
        return new SerialNumber(Convert.ToHexStringLower(bytes));
    }

    /// <summary>Reads hex as people and tools write it: any case, colons or blanks between bytes, <c>0x</c>, leading zeros.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SerialNumber serial)
    {
        serial = default;
        if (text is null || text.Length > 4 * MaxOctets) return false;
        var digits = text.Trim();
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)) digits = digits[2..];
        digits = digits.Replace(":", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        if (digits.Length == 0 || !digits.All(char.IsAsciiHexDigit)) return false;
        return TryFromMagnitude(Convert.FromHexString(digits.Length % 2 == 0 ? digits : "0" + digits), out serial);
    }

    /// <summary>Reads the content octets of a DER INTEGER. Negative numbers, zero and more than 20 octets are refused.</summary>
    public static bool TryFromDer(ReadOnlySpan<byte> content, out SerialNumber serial)
    {
        serial = default;
        return content.Length is > 0 and <= MaxOctets && content[0] < 0x80 && TryFromMagnitude(content, out serial);
    }

    /// <summary>The magnitude, big-endian, without leading zeros.</summary>
    public byte[] ToBytes() => Convert.FromHexString(ToString());

    /// <summary>The content octets of the DER INTEGER, as ARI's certificate identifier has them (RFC 9773 4.1).</summary>
    public byte[] ToDer()
    {
        var bytes = ToBytes();
        return bytes[0] < 0x80 ? bytes : [0, .. bytes];
    }

    public override string ToString() => hex ?? throw new InvalidOperationException("An unset serial number has no text.");

    internal void Write(AsnWriter writer) => writer.WriteIntegerUnsigned(ToBytes());

    private static bool TryFromMagnitude(ReadOnlySpan<byte> bytes, out SerialNumber serial)
    {
        bytes = bytes.TrimStart((byte)0);
        var valid = bytes.Length is > 0 and <= MaxOctets && (bytes.Length < MaxOctets || bytes[0] < 0x80);
        serial = valid ? new SerialNumber(Convert.ToHexStringLower(bytes)) : default;
        return valid;
    }
}
