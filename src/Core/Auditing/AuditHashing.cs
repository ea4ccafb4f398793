using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Certctl.Core.Domain.Access;

namespace Certctl.Core.Auditing;

/// <summary>The canonical form of audit events and of seals, in bytes. Integers are 8 bytes, big-endian; times are
/// microseconds since 1970; a text is its length in bytes of UTF-8, then these.</summary>
internal sealed class AuditHashing : IDisposable
{
    private static readonly byte[] Version = "certctl audit seal v1"u8.ToArray();

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Events so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds the next event by id. <see cref="AuditEvent.Details"/> is the text that PostgreSQL makes of the jsonb.</summary>
    public void Append(AuditEvent audited)
    {
        Append(hash, audited.Id);
        Append(hash, Microseconds(audited.Timestamp));
        foreach (var text in (ReadOnlySpan<string>)[
            audited.Actor, audited.ActorType, audited.Action, audited.ResourceType, audited.ResourceId, audited.Details])
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            Append(hash, bytes.Length);
            hash.AppendData(bytes);
        }

        Count++;
    }

    /// <summary>The hash of all that was added.</summary>
    public byte[] Finish() => hash.GetHashAndReset();

    /// <summary>The seal over a range.</summary>
    /// <param name="previous">The seal before; null for the first.</param>
    public static byte[] Seal(byte[] key, byte[]? previous, long from, long to, long count, byte[] eventsHash, DateTimeOffset sealedAt)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        mac.AppendData(Version);
        mac.AppendData(previous ?? new byte[SHA256.HashSizeInBytes]);
        foreach (var number in (ReadOnlySpan<long>)[from, to, count, Microseconds(sealedAt)]) Append(mac, number);
        mac.AppendData(eventsHash);
        return mac.GetHashAndReset();
    }

    public void Dispose() => hash.Dispose();

    /// <summary>PostgreSQL's resolution.</summary>
    private static long Microseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private static void Append(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
