using System.Security.Cryptography;
using System.Text;

namespace Certctl.Core.Pki;

/// <summary>A secret at rest: which key-encryption key sealed it, and nonce (12 bytes), ciphertext and tag (16 bytes) in one.</summary>
public sealed record EncryptedSecret(string KeyId, byte[] Ciphertext);

/// <summary>A sealed secret that cannot be opened: its key is not configured, or it was altered or moved to another row.</summary>
public sealed class SecretBoxException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// AES-256-GCM under the key-encryption key. Keys are derived by HKDF-SHA256 from the configured text; the current one seals,
/// the current and the previous ones open. Nonces are random: one key is good for 2^32 seals (NIST SP 800-38D 8.3).
/// Safe for use from many threads.
/// </summary>
public sealed class SecretBox : IDisposable
{
    /// <summary>Shortest configured key, in bytes of UTF-8.</summary>
    public const int MinKeyLength = 32;

    private const int NonceLength = 12;
    private const int TagLength = 16;
    private static readonly byte[] Info = "certctl key-encryption key v1"u8.ToArray();

    private readonly Dictionary<string, InstancePool<AesGcm>> ciphers = [];
    private readonly List<byte[]> materials = [];

    /// <exception cref="ArgumentException">A key is shorter than <see cref="MinKeyLength"/>.</exception>
    public SecretBox(string currentKey, params IEnumerable<string> previousKeys)
    {
        KeyId = Add(currentKey);
        foreach (var key in previousKeys) Add(key);
    }

    /// <summary>The id of the key that seals: what a rotation looks for in stored rows.</summary>
    public string KeyId { get; }

    /// <summary>Seals a secret. The associated data (say, table and row id) must be given again to open it.</summary>
    public EncryptedSecret Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData)
    {
        var sealedBytes = new byte[NonceLength + plaintext.Length + TagLength];
        var nonce = sealedBytes.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        var pool = ciphers[KeyId];
        var cipher = pool.Rent();
        cipher.Encrypt(nonce, plaintext, sealedBytes.AsSpan(NonceLength, plaintext.Length), sealedBytes.AsSpan(^TagLength..), associatedData);
        pool.Return(cipher);
        return new EncryptedSecret(KeyId, sealedBytes);
    }

    /// <summary>Opens a secret; the caller clears the returned bytes when done with them.</summary>
    /// <exception cref="SecretBoxException">Unknown key, or the ciphertext or associated data are not what was sealed.</exception>
    public byte[] Open(EncryptedSecret secret, ReadOnlySpan<byte> associatedData)
    {
        if (!ciphers.TryGetValue(secret.KeyId, out var pool))
            throw new SecretBoxException(
                $"The secret was sealed under key-encryption key {secret.KeyId}, which is not configured (configured: {string.Join(", ", ciphers.Keys)}).");
        var bytes = secret.Ciphertext.AsSpan();
        if (bytes.Length < NonceLength + TagLength) throw new SecretBoxException("The sealed secret is truncated.");

        var plaintext = new byte[bytes.Length - NonceLength - TagLength];
        var cipher = pool.Rent();
        try
        {
            cipher.Decrypt(bytes[..NonceLength], bytes[NonceLength..^TagLength], bytes[^TagLength..], plaintext, associatedData);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new SecretBoxException("The sealed secret was altered, or belongs to another row.", e);
        }
        finally
        {
            pool.Return(cipher);
        }

        return plaintext;
    }

    /// <summary>32-byte keys for one purpose, derived from the key-encryption keys (HKDF-SHA256): the current one's first, then
    /// the previous ones', for what was made before a rotation. The same in every process that has the same configuration.</summary>
    public byte[][] DeriveKeys(string purpose)
    {
        var info = Encoding.UTF8.GetBytes($"certctl {purpose}");
        return [.. materials.Select(m => HKDF.DeriveKey(HashAlgorithmName.SHA256, m, outputLength: 32, salt: null, info: info))];
    }

    public void Dispose()
    {
        foreach (var pool in ciphers.Values) pool.Dispose();
    }

    private string Add(string key)
    {
        var material = Encoding.UTF8.GetBytes(key);
        if (material.Length < MinKeyLength)
            throw new ArgumentException($"A key-encryption key has at least {MinKeyLength} bytes; this one has {material.Length}.");
        materials.Add(material);
        var derived = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, outputLength: 32, salt: null, info: Info);
        var id = Convert.ToHexStringLower(SHA256.HashData(derived))[..16];
        ciphers.TryAdd(id, new InstancePool<AesGcm>(() => new AesGcm(derived, TagLength)));
        return id;
    }
}
