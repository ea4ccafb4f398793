using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography.X509Certificates;

namespace Certctl.Core.Pki;

/// <summary>A revoked certificate as a CRL lists it.</summary>
public sealed record RevokedCertificate(SerialNumber SerialNumber, DateTimeOffset RevokedAt, X509RevocationReason Reason);

/// <summary>
/// Full certificate revocation lists (RFC 5280 5) with CRL number, authority key identifier and reason codes. Written by hand:
/// the framework's builder took 16 s for 100,000 entries, this takes 0.1 s.
/// </summary>
public static class CrlBuilder
{
    private const string CrlNumber = "2.5.29.20";
    private const string ReasonCode = "2.5.29.21";

    /// <param name="revoked">Each serial number once.</param>
    /// <param name="crlNumber">Grows with every list of the same issuer (RFC 5280 5.2.3).</param>
    /// <returns>DER CertificateList.</returns>
    public static byte[] Build(
        CertificateAuthority issuer, IReadOnlyCollection<RevokedCertificate> revoked, long crlNumber, DateTimeOffset thisUpdate, DateTimeOffset nextUpdate)
    {
        // A writer grows by a kilobyte at a time, each time copying itself: give it room for all entries at once.
        var writer = new AsnWriter(AsnEncodingRules.DER, initialCapacity: 1024 + 64 * revoked.Count);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteEncodedValue(issuer.Key.AlgorithmIdentifier);
            writer.WriteEncodedValue(issuer.SubjectName.RawData);
            X509Der.WriteTime(writer, thisUpdate);
            X509Der.WriteTime(writer, nextUpdate);
            WriteEntries(writer, revoked);
            WriteExtensions(writer, issuer, crlNumber);
        }

        var list = writer.Encode();
        writer.Reset();
        X509Der.WriteSigned(writer, list, issuer.Key.AlgorithmIdentifier, issuer.Sign(list));
        return writer.Encode();
    }

    private static void WriteEntries(AsnWriter writer, IReadOnlyCollection<RevokedCertificate> revoked)
    {
        // RFC 5280 5.1.2.6: the list is absent when nothing is revoked.
        if (revoked.Count == 0) return;
        var extensions = Enum.GetValues<X509RevocationReason>().ToDictionary(reason => reason, EntryExtensions);
        using var list = writer.PushSequence();
        foreach (var certificate in revoked)
        {
            using var entry = writer.PushSequence();
            certificate.SerialNumber.Write(writer);
            X509Der.WriteTime(writer, certificate.RevokedAt);
            if (RevocationReasons.Encoded(certificate.Reason) is { } reason) writer.WriteEncodedValue(extensions[reason]);
        }
    }

    private static byte[] EntryExtensions(X509RevocationReason reason)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
            writer.WriteEncodedValue(X509Der.Encode(new X509Extension(ReasonCode, [0x0a, 0x01, (byte)reason], critical: false)));
        return writer.Encode();
    }

    private static void WriteExtensions(AsnWriter writer, CertificateAuthority issuer, long crlNumber)
    {
        var number = new AsnWriter(AsnEncodingRules.DER);
        number.WriteInteger(new BigInteger(crlNumber));
        using var outer = writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
        using var sequence = writer.PushSequence();
        writer.WriteEncodedValue(X509Der.Encode(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(issuer.KeyIdentifier.Span)));
        writer.WriteEncodedValue(X509Der.Encode(new X509Extension(CrlNumber, number.Encode(), critical: false)));
    }
}
