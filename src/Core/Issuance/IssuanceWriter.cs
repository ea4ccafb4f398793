using System.Text.Json;
using Certctl.Core.Domain.Certificates;
using Npgsql;
using NpgsqlTypes;

namespace Certctl.Core.Issuance;

/// <summary>Writes a chunk of results in one transaction: versions, keys, certificates, audit, renewals and, by the
/// renewals' trigger, the books of their bulks. What another worker has taken over meanwhile is left out.</summary>
internal sealed class IssuanceWriter(NpgsqlDataSource database, TimeProvider time)
{
    /// <returns>The renewal ids that were completed.</returns>
    public async Task<IReadOnlySet<string>> WriteAsync(
        Guid leaseToken, IReadOnlyList<IssuanceResult> results, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var mine = await LockAsync(connection, leaseToken, results, cancellationToken);
        var signed = results.Where(r => r.Version is not null && mine.Contains(r.Request.RenewalId)).ToList();
        var alive = await UpdateCertificatesAsync(connection, signed, cancellationToken);
        var issued = signed.Where(r => alive.Contains(r.Request.CertificateId)).ToList();
        await CancelAsync(connection, signed.Where(r => !alive.Contains(r.Request.CertificateId)).ToList(), cancellationToken);
        var failed = results.Where(r => r.Error is not null && mine.Contains(r.Request.RenewalId)).ToList();
        if (issued.Count > 0)
        {
            await CopyVersionsAsync(connection, issued, cancellationToken);
            await using var batch = new NpgsqlBatch(connection, transaction);
            AddKeys(batch, issued);
            AddAudit(batch, issued);
            AddCompleted(batch, issued);
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        if (failed.Count > 0) await RenewalFailures.WriteAsync(connection, failed, time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return issued.Select(r => r.Request.RenewalId).ToHashSet();
    }

    /// <summary>The renewals that this lease still holds, locked until the transaction ends.</summary>
    private static async Task<HashSet<string>> LockAsync(
        NpgsqlConnection connection, Guid leaseToken, IReadOnlyList<IssuanceResult> results, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            SELECT id FROM renewals WHERE id = ANY($1) AND status || '' = 'running' AND lease_token = $2 ORDER BY id FOR UPDATE
            """, connection);
        command.Parameters.Add(Texts(results.Select(r => r.Request.RenewalId)));
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = leaseToken });
        return await IdsAsync(command, cancellationToken);
    }

    private static async Task<HashSet<string>> IdsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var ids = new HashSet<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) ids.Add(reader.GetString(0));
        return ids;
    }

    private async Task CopyVersionsAsync(NpgsqlConnection connection, List<IssuanceResult> issued, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var copy = await connection.BeginBinaryImportAsync("""
            COPY certificate_versions (id, certificate_id, issuer_id, serial_number, not_before, not_after, fingerprint_sha256,
                pem_chain, csr_pem, key_algorithm, key_size, renewal_id, created_at) FROM STDIN (FORMAT BINARY)
            """, cancellationToken);
        foreach (var (request, version, _) in issued)
        {
            var leaf = version!.Leaf;
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(version.Id, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(request.CertificateId, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(request.IssuerId, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(leaf.SerialNumber.ToString(), NpgsqlDbType.Varchar, cancellationToken);
            await copy.WriteAsync(leaf.Validity.NotBefore.UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(leaf.Validity.NotAfter.UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(leaf.FingerprintSha256, NpgsqlDbType.Varchar, cancellationToken);
            await copy.WriteAsync(leaf.ChainPem, NpgsqlDbType.Text, cancellationToken);
            if (request.CsrPem is null) await copy.WriteNullAsync(cancellationToken);
            else await copy.WriteAsync(request.CsrPem, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(version.PublicKey.Algorithm, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(version.PublicKey.Size, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(request.RenewalId, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(now, NpgsqlDbType.TimestampTz, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    /// <summary>One key a certificate: the new one replaces the superseded one's ciphertext, and a version without a
    /// server-made key removes it.</summary>
    private void AddKeys(NpgsqlBatch batch, List<IssuanceResult> issued)
    {
        var withKey = issued.Where(r => r.Version!.PrivateKey is not null).ToList();
        var without = issued.Where(r => r.Version!.PrivateKey is null).Select(r => r.Request.CertificateId).ToArray();
        if (without.Length > 0)
        {
            var delete = batch.Add("DELETE FROM private_keys WHERE certificate_id = ANY($1)");
            delete.Parameters.Add(Texts(without));
        }

        if (withKey.Count == 0) return;
        var upsert = batch.Add("""
            INSERT INTO private_keys (certificate_id, version_id, key_encryption_key_id, ciphertext, created_at)
            SELECT certificate_id, version_id, kek_id, ciphertext, $5 FROM unnest($1, $2, $3, $4) AS k (certificate_id, version_id, kek_id, ciphertext)
            ON CONFLICT (certificate_id) DO UPDATE SET version_id = excluded.version_id,
                key_encryption_key_id = excluded.key_encryption_key_id, ciphertext = excluded.ciphertext, created_at = excluded.created_at
            """);
        upsert.Parameters.Add(Texts(withKey.Select(r => r.Request.CertificateId)));
        upsert.Parameters.Add(Texts(withKey.Select(r => r.Version!.Id)));
        upsert.Parameters.Add(Texts(withKey.Select(r => r.Version!.PrivateKey!.KeyId)));
        upsert.Parameters.Add(new NpgsqlParameter
        {
            Value = withKey.Select(r => r.Version!.PrivateKey!.Ciphertext).ToArray(),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea,
        });
        upsert.Parameters.Add(Now());
    }

    /// <summary>First of all writes: a certificate that was revoked or archived while it was signed gets no version.</summary>
    /// <returns>The certificates that are alive, now Active.</returns>
    private async Task<HashSet<string>> UpdateCertificatesAsync(NpgsqlConnection connection, List<IssuanceResult> signed, CancellationToken cancellationToken)
    {
        await using var update = new NpgsqlCommand("""
            UPDATE managed_certificates c SET status = 'Active', expires_at = i.not_after, last_renewal_at = $3, updated_at = $3
            FROM unnest($1, $2) AS i (id, not_after)
            WHERE c.id = i.id AND c.status NOT IN ('Revoked', 'Archived')
            RETURNING c.id
            """, connection);
        update.Parameters.Add(Texts(signed.Select(r => r.Request.CertificateId)));
        update.Parameters.Add(new NpgsqlParameter
        {
            Value = signed.Select(r => r.Version!.Leaf.Validity.NotAfter.UtcDateTime).ToArray(),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
        });
        update.Parameters.Add(Now());
        return await IdsAsync(update, cancellationToken);
    }

    private async Task CancelAsync(NpgsqlConnection connection, List<IssuanceResult> unwanted, CancellationToken cancellationToken)
    {
        if (unwanted.Count == 0) return;
        await using var cancel = new NpgsqlCommand("""
            UPDATE renewals SET status = 'cancelled', completed_at = $2, lease_token = NULL, lease_expires_at = NULL,
                last_error = 'the certificate was revoked or archived meanwhile'
            WHERE id = ANY($1)
            """, connection);
        cancel.Parameters.Add(Texts(unwanted.Select(r => r.Request.RenewalId)));
        cancel.Parameters.Add(Now());
        await cancel.ExecuteNonQueryAsync(cancellationToken);
    }

    private void AddAudit(NpgsqlBatch batch, List<IssuanceResult> issued)
    {
        var insert = batch.Add("""
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            SELECT 'certctl', 'system', 'certificate_issued', 'certificate', certificate_id, details::jsonb, $3
            FROM unnest($1, $2) AS i (certificate_id, details)
            """);
        insert.Parameters.Add(Texts(issued.Select(r => r.Request.CertificateId)));
        insert.Parameters.Add(Texts(issued.Select(r => JsonSerializer.Serialize(new
        {
            serial_number = r.Version!.Leaf.SerialNumber.ToString(),
            renewal_id = r.Request.RenewalId,
        }))));
        insert.Parameters.Add(Now());
    }

    private void AddCompleted(NpgsqlBatch batch, List<IssuanceResult> issued)
    {
        var update = batch.Add("""
            UPDATE renewals r SET status = 'completed', version_id = i.version_id, last_error = NULL, completed_at = $3,
                lease_token = NULL, lease_expires_at = NULL
            FROM unnest($1, $2) AS i (id, version_id) WHERE r.id = i.id
            """);
        update.Parameters.Add(Texts(issued.Select(r => r.Request.RenewalId)));
        update.Parameters.Add(Texts(issued.Select(r => r.Version!.Id)));
        update.Parameters.Add(Now());
    }

    private NpgsqlParameter Now() => new() { Value = time.GetUtcNow().UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter Texts(IEnumerable<string> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}

file static class Batches
{
    public static NpgsqlBatchCommand Add(this NpgsqlBatch batch, string sql)
    {
        var command = new NpgsqlBatchCommand(sql);
        batch.BatchCommands.Add(command);
        return command;
    }
}
