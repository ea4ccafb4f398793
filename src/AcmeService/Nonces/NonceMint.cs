using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Certctl.AcmeService.Protocol;
using Certctl.Core.Pki;

namespace Certctl.AcmeService.Nonces;

/// <summary>
/// Nonces that cost no write: 16 bytes that name the nonce (48 bits of time in milliseconds, 80 random bits) and 16 bytes of
/// HMAC-SHA256 over them, base64url. The MAC key is derived from the key-encryption key and the hour of issue: every replica has
/// it without asking, it changes by itself, and what is in flight stays good.
/// </summary>
public sealed class NonceMint(SecretBox secrets, AcmeSettings settings, TimeProvider time)
{
    private const int IdLength = 16;
    private const int MacLength = 16;

    /// <summary>Clocks of replicas may differ by this much.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<long, byte[][]> keys = [];

    /// <summary>A fresh nonce, 43 characters.</summary>
    public string Issue()
    {
        Span<byte> nonce = stackalloc byte[IdLength + MacLength];
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteInt64BigEndian(nonce, now << 16);
        RandomNumberGenerator.Fill(nonce[6..IdLength]);
        Mac(KeysAt(now)[0], nonce[..IdLength], nonce[IdLength..]);
        return Base64Url.EncodeToString(nonce);
    }

    /// <summary>Whether a server of this fleet issued it and its time is not over. Says nothing about whether it was used. Reads
    /// no more than the text.</summary>
    /// <param name="id">What names it: sorts by the time of issue.</param>
    public bool IsAuthentic(string nonce, out Guid id)
    {
        id = default;
        if (nonce.Length != 43 || StrictBase64Url.Decode(nonce) is not { } decoded) return false;
        ReadOnlySpan<byte> bytes = decoded;
        var issued = BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16 & 0xffff_ffff_ffff;
        var age = TimeSpan.FromMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds() - issued);
        if (age > settings.NonceTtl || age < -Skew) return false;
        Span<byte> mac = stackalloc byte[MacLength];
        foreach (var key in KeysAt(issued))
        {
            Mac(key, bytes[..IdLength], mac);
            if (!CryptographicOperations.FixedTimeEquals(mac, bytes[IdLength..])) continue;
            id = new Guid(bytes[..IdLength], bigEndian: true);
            return true;
        }

        return false;
    }

    /// <summary>The smallest id that a nonce of this time can have: whatever is below it is older.</summary>
    public static Guid FirstOf(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[IdLength];
        BinaryPrimitives.WriteInt64BigEndian(bytes, time.ToUnixTimeMilliseconds() << 16);
        return new Guid(bytes, bigEndian: true);
    }

    private byte[][] KeysAt(long unixMilliseconds)
    {
        var hour = unixMilliseconds / 3_600_000;
        if (keys.TryGetValue(hour, out var known)) return known;
        // Two or three hours are ever in use: a nonce lives an hour at most.
        foreach (var old in keys.Keys.Where(h => Math.Abs(h - hour) > 2)) keys.TryRemove(old, out _);
        return keys.GetOrAdd(hour, h => secrets.DeriveKeys($"acme nonces, hour {h}"));
    }

    private static void Mac(byte[] key, ReadOnlySpan<byte> id, Span<byte> mac)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, id, whole);
        whole[..MacLength].CopyTo(mac);
    }
}
