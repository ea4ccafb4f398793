using System.Security.Cryptography;
using System.Text;
using Certctl.Core.Domain;
using Certctl.Core.Domain.Access;
using Certctl.Core.Persistence;
using Certctl.Core.Pki;
using Npgsql;

namespace Certctl.Core.Auditing;

/// <summary>The keys of seals, opened.</summary>
internal sealed class AuditSealKeys(SecretBox secrets, TimeProvider time)
{
    /// <summary>The key that seals, made at the first call. Call with the sealing lock held.</summary>
    public async Task<(string Id, byte[] Key)> CurrentAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var find = new NpgsqlCommand("SELECT id FROM audit_seal_keys ORDER BY created_at DESC, id DESC LIMIT 1", connection);
        if (await find.ExecuteScalarAsync(cancellationToken) is string known) return (known, (await FindAsync(connection, known, cancellationToken))!);
        var id = Identifiers.New("ask", time);
        var key = RandomNumberGenerator.GetBytes(32);
        var sealedKey = secrets.Seal(key, SealedFor(id));
        await using var insert = new NpgsqlCommand(
            "INSERT INTO audit_seal_keys (id, encrypted_key, key_encryption_key_id, created_at) VALUES ($1, $2, $3, $4)", connection);
        insert.Parameters.Text(id).Binary(sealedKey.Ciphertext).Text(sealedKey.KeyId).Time(time.GetUtcNow());
        await insert.ExecuteNonQueryAsync(cancellationToken);
        return (id, key);
    }

    /// <summary>The key of this id; null when there is none.</summary>
    /// <exception cref="SecretBoxException">It was altered, or sealed under a key-encryption key that is not configured.</exception>
    public async Task<byte[]?> FindAsync(NpgsqlConnection connection, string id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT key_encryption_key_id, encrypted_key FROM audit_seal_keys WHERE id = $1", connection);
        command.Parameters.Text(id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? secrets.Open(new EncryptedSecret(reader.GetString(0), reader.GetFieldValue<byte[]>(1)), SealedFor(id))
            : null;
    }

    /// <summary>Why this seal is not the one that was made for its range, behind that one; null when it is.</summary>
    public async Task<string?> WhatIsWrongAsync(NpgsqlConnection connection, AuditSeal? previous, AuditSeal seal, CancellationToken cancellationToken)
    {
        byte[]? key;
        try
        {
            key = await FindAsync(connection, seal.KeyId, cancellationToken);
        }
        catch (SecretBoxException e)
        {
            return $"The key of its seal cannot be opened: {e.Message}";
        }

        if (key is null) return "The key of its seal is missing.";
        var mac = AuditHashing.Seal(key, previous?.Seal, seal.FromSequence, seal.ToSequence, seal.Count, seal.EventsHash, seal.SealedAt);
        return CryptographicOperations.FixedTimeEquals(mac, seal.Seal) ? null : "The seal is not the one that was made, or the one before it was replaced.";
    }

    /// <summary>The associated data that binds a sealed key to its row.</summary>
    internal static byte[] SealedFor(string id) => Encoding.UTF8.GetBytes($"audit_seal_keys/{id}");
}
