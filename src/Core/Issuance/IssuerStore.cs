using System.Collections.Concurrent;
using Certctl.Core.Domain.Issuers;
using Certctl.Core.Persistence;
using Certctl.Core.Pki;
using Npgsql;

namespace Certctl.Core.Issuance;

/// <summary>The CAs of the issuers, opened once and kept: a CA's key never changes under its id.</summary>
public sealed class IssuerStore(NpgsqlDataSource database, SecretBox secrets) : IDisposable
{
    private readonly ConcurrentDictionary<string, CertificateAuthority> authorities = new();

    /// <summary>The issuing CA of an issuer, able to sign; null when the issuer has none.</summary>
    /// <exception cref="SecretBoxException">Its key was sealed under a key-encryption key that is not configured.</exception>
    public async ValueTask<CertificateAuthority?> FindAsync(string issuerId, CancellationToken cancellationToken)
    {
        if (authorities.TryGetValue(issuerId, out var known)) return known;
        await using var command = database.CreateCommand("""
            SELECT certificate_pem, key_encryption_key_id, encrypted_key FROM certificate_authorities
            WHERE issuer_id = $1 AND role = 'issuing' AND encrypted_key IS NOT NULL
            """);
        command.Parameters.Text(issuerId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        var key = secrets.Open(new EncryptedSecret(reader.GetString(1), reader.GetFieldValue<byte[]>(2)), SealedFor(issuerId));
        try
        {
            return authorities.GetOrAdd(issuerId, CertificateAuthority.FromStore(reader.GetString(0), key));
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>The associated data that binds a sealed CA key to its row.</summary>
    internal static byte[] SealedFor(string authorityId) => System.Text.Encoding.UTF8.GetBytes($"certificate_authorities/{authorityId}");

    /// <summary>The id of an issuer's root among <see cref="StoredCertificateAuthority"/>.</summary>
    public static string RootId(string issuerId) => issuerId + "-root";

    public void Dispose()
    {
        foreach (var authority in authorities.Values) authority.Dispose();
    }
}
