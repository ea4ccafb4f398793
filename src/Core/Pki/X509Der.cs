using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Certctl.Core.Pki;

/// <summary>What certificates, CRLs and OCSP answers have in common on the wire.</summary>
internal static class X509Der
{
    /// <summary>SEQUENCE { what was signed, AlgorithmIdentifier, BIT STRING signature } (RFC 5280 4.1.1).</summary>
    public static void WriteSigned(AsnWriter writer, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> algorithm, ReadOnlySpan<byte> signature)
    {
        using var _ = writer.PushSequence();
        writer.WriteEncodedValue(signed);
        writer.WriteEncodedValue(algorithm);
        writer.WriteBitString(signature);
    }

    /// <summary>UTCTime through 2049, GeneralizedTime from 2050 on (RFC 5280 4.1.2.5).</summary>
    public static void WriteTime(AsnWriter writer, DateTimeOffset time)
    {
        if (time.UtcDateTime.Year is >= 1950 and < 2050) writer.WriteUtcTime(time, twoDigitYearMax: 2049);
        else writer.WriteGeneralizedTime(time, omitFractionalSeconds: true);
    }

    /// <summary>DER Extension (RFC 5280 4.2), the critical flag left out when false.</summary>
    public static byte[] Encode(X509Extension extension)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(extension.Oid!.Value!);
            if (extension.Critical) writer.WriteBoolean(true);
            writer.WriteOctetString(extension.RawData);
        }

        return writer.Encode();
    }
}
