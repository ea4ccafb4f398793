using System.Formats.Asn1;

namespace Certctl.Core.Pki;

/// <summary>The outer form that certificates and OCSP answers share, and RFC 5280's time rule.</summary>
internal static class SignedDer
{
    /// <summary>SEQUENCE { what was signed, AlgorithmIdentifier, BIT STRING signature } (RFC 5280 4.1.1).</summary>
    public static void Write(AsnWriter writer, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> algorithm, ReadOnlySpan<byte> signature)
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
}
