using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Security;

namespace Certctl.Core.Pki;

/// <summary>What the database knows of a serial number that was issued: good, or revoked at a time for a reason.</summary>
public sealed record OcspStatus(DateTimeOffset? RevokedAt = null, X509RevocationReason Reason = X509RevocationReason.Unspecified)
{
    public static readonly OcspStatus Good = new();
}

/// <summary>
/// Answers OCSP requests for one CA, signed by that CA itself (RFC 6960 4.2.2.2). Safe for use from many threads.
/// Use: <see cref="Read"/>, look up <see cref="OcspRequest.SerialNumbers"/>, <see cref="Respond"/>.
/// </summary>
public sealed class OcspResponder
{
    private readonly CertificateAuthority issuer;
    private readonly byte[] sha1KeyHash;
    private readonly Dictionary<string, (byte[] Name, byte[] Key)> hashes;

    public OcspResponder(CertificateAuthority issuer)
    {
        this.issuer = issuer;
        var name = issuer.SubjectName.RawData;
        sha1KeyHash = Sha1(issuer.PublicKey.Bits.ToArray());
        hashes = new Dictionary<string, (byte[], byte[])>
        {
            [Oids.Sha1] = (Sha1(name), sha1KeyHash),
            [Oids.Sha256] = (SHA256.HashData(name), SHA256.HashData(issuer.PublicKey.Bits.Span)),
        };
    }

    /// <summary>The unsigned answers of RFC 6960 4.2.1, whole OCSPResponses in DER.</summary>
    public static byte[] MalformedRequest => Error(1);

    /// <summary>The answer when the database cannot be asked.</summary>
    public static byte[] TryLater => Error(3);

    /// <summary>The answer when asked about other CAs' certificates only.</summary>
    public static byte[] Unauthorized => Error(6);

    /// <summary>Reads a request's DER; null when the answer is <see cref="MalformedRequest"/>.</summary>
    public OcspRequest? Read(ReadOnlyMemory<byte> der) => OcspRequest.TryParse(der, IsIssuer);

    /// <summary>Reads the last part of a GET's path, base64 that is URL-encoded or already decoded (RFC 6960 A.1).</summary>
    public OcspRequest? ReadGet(string path)
    {
        if (path.Length > 4 * OcspRequest.MaxLength) return null;
        var base64 = Uri.UnescapeDataString(path);
        var der = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, der, out var length) ? Read(der.AsMemory(0, length)) : null;
    }

    /// <summary>
    /// The signed answer, or <see cref="Unauthorized"/> when none of the certificates is this CA's. A null status means a
    /// serial number that was never issued: unknown.
    /// </summary>
    public byte[] Respond(OcspRequest request, Func<SerialNumber, OcspStatus?> statusOf, DateTimeOffset now, DateTimeOffset nextUpdate)
    {
        if (request.SerialNumbers.Count == 0) return Unauthorized;
        var writer = new AsnWriter(AsnEncodingRules.DER);
        WriteResponseData(writer, request, statusOf, now, nextUpdate);
        var data = writer.Encode();
        var signature = issuer.Sign(data);
        writer.Reset();

        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(Enumerated(0));
            using (writer.PushSequence(Explicit(0)))
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Oids.OcspBasic);
                using (writer.PushOctetString()) X509Der.WriteSigned(writer, data, issuer.Key.AlgorithmIdentifier, signature);
            }
        }

        return writer.Encode();
    }

    private void WriteResponseData(
        AsnWriter writer, OcspRequest request, Func<SerialNumber, OcspStatus?> statusOf, DateTimeOffset now, DateTimeOffset nextUpdate)
    {
        using var _ = writer.PushSequence();
        using (writer.PushSequence(Explicit(2))) writer.WriteOctetString(sha1KeyHash);
        WriteTime(writer, now);
        using (writer.PushSequence())
        {
            foreach (var id in request.CertIds)
            {
                using var single = writer.PushSequence();
                writer.WriteEncodedValue(id.Encoded.Span);
                WriteStatus(writer, id.SerialNumber is { } serial ? statusOf(serial) : null);
                WriteTime(writer, now);
                using (writer.PushSequence(Explicit(0))) WriteTime(writer, nextUpdate);
            }
        }

        if (request.NonceExtension is not { } nonce) return;
        using (writer.PushSequence(Explicit(1)))
        using (writer.PushSequence()) writer.WriteEncodedValue(nonce.Span);
    }

    private static void WriteStatus(AsnWriter writer, OcspStatus? status)
    {
        if (status?.RevokedAt is not { } revokedAt)
        {
            writer.WriteNull(new Asn1Tag(TagClass.ContextSpecific, status is null ? 2 : 0));
            return;
        }

        using var revoked = writer.PushSequence(Explicit(1));
        WriteTime(writer, revokedAt);
        if (RevocationReasons.Encoded(status.Reason) is not { } reason) return;
        using (writer.PushSequence(Explicit(0))) writer.WriteEncodedValue(Enumerated((byte)reason));
    }

    private bool IsIssuer(string hash, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> key) =>
        hashes.TryGetValue(hash, out var own) && name.Span.SequenceEqual(own.Name) && key.Span.SequenceEqual(own.Key);

    // RFC 6960 names keys and names by SHA-1: an identifier here, not a proof.
    private static byte[] Sha1(byte[] data) => DigestUtilities.CalculateDigest("SHA-1", data);

    private static void WriteTime(AsnWriter writer, DateTimeOffset time) => writer.WriteGeneralizedTime(time, omitFractionalSeconds: true);

    private static Asn1Tag Explicit(int number) => new(TagClass.ContextSpecific, number);

    private static byte[] Error(byte status) => [0x30, 0x03, .. Enumerated(status)];

    private static byte[] Enumerated(byte value) => [0x0a, 0x01, value];
}
