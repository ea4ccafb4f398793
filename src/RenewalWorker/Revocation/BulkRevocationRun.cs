using Certctl.Core.Domain.Renewals;
using Certctl.Core.Persistence;
using Certctl.Core.Renewals;
using Npgsql;
using NpgsqlTypes;

namespace Certctl.RenewalWorker.Revocation;

/// <summary>Revokes what bulk revocations match, a chunk of certificates a transaction, one bulk after the other.</summary>
public sealed class BulkRevocationRun(NpgsqlDataSource database, TimeProvider time)
{
    internal const int ChunkSize = 2_500;

    private const long LockKey = 0x6365_7274_7265_766f; // "certrevo"

    /// <summary>Does the next chunk of the oldest bulk revocation that is not done; false when there is none.</summary>
    public async Task<bool> RunNextAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var locking = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({LockKey})", connection))
            await locking.ExecuteNonQueryAsync(cancellationToken);
        if (await FindOldestAsync(connection, cancellationToken) is not { } bulk) return false;
        await RevokeAsync(connection, bulk, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task<Bulk?> FindOldestAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            SELECT id, criteria, reason, requested_by, expansion_cursor, skipped
            FROM bulk_revocations WHERE expanded_at IS NULL ORDER BY accepted_order LIMIT 1
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return !await reader.ReadAsync(cancellationToken) ? null : new Bulk(
            reader.GetString(0), JsonText.To<CertificateCriteria>(reader.GetString(1)), reader.GetString(2), reader.GetString(3),
            reader.IsDBNull(4) ? "" : reader.GetString(4), JsonText.To<Dictionary<string, long>>(reader.GetString(5)));
    }

    /// <summary>One statement a chunk: the certificates are revoked with all their versions that are still valid, their
    /// active renewals cancelled and their stored keys deleted; the bulk's counts and cursor move with them.</summary>
    private async Task RevokeAsync(NpgsqlConnection connection, Bulk bulk, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand { Connection = connection };
        command.CommandText = $"""
            WITH matched AS MATERIALIZED (
                SELECT c.id, CASE c.status WHEN 'Revoked' THEN 'revoked' WHEN 'Archived' THEN 'archived' END AS skip
                FROM managed_certificates c
                WHERE c.id > @cursor AND {CertificateSelection.Where(bulk.Criteria, command.Parameters)}
                ORDER BY c.id LIMIT @chunk
            ), cancelled AS (
                UPDATE renewals r SET status = 'cancelled', completed_at = @now, lease_token = NULL, lease_expires_at = NULL
                FROM matched m WHERE m.skip IS NULL AND r.certificate_id = m.id
                    AND r.status IN ('pending', 'awaiting_csr', 'awaiting_approval', 'running')
            ), revoked AS (
                UPDATE managed_certificates c SET status = 'Revoked', revoked_at = @now, revocation_reason = @reason, updated_at = @now
                FROM matched m WHERE m.skip IS NULL AND c.id = m.id AND c.status NOT IN ('Revoked', 'Archived')
                RETURNING c.id
            ), serials AS (
                INSERT INTO certificate_revocations (certificate_id, issuer_id, serial_number, reason, revoked_by, revoked_at, not_after)
                SELECT v.certificate_id, v.issuer_id, v.serial_number, @reason, @actor, @now, v.not_after
                FROM certificate_versions v JOIN revoked ON revoked.id = v.certificate_id WHERE v.not_after > @now
                ON CONFLICT DO NOTHING
            ), keys AS (
                DELETE FROM private_keys k USING revoked WHERE k.certificate_id = revoked.id
            ), audited AS (
                INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
                SELECT @actor, 'api_key', 'certificate_revoked', 'certificate', id,
                    jsonb_build_object('reason', @reason, 'bulk_revocation_id', @bulk), @now
                FROM revoked
            ), skips AS (
                SELECT COALESCE(m.skip, 'revoked') AS reason, count(*) AS n
                FROM matched m LEFT JOIN revoked ON revoked.id = m.id WHERE revoked.id IS NULL GROUP BY 1
            )
            SELECT (SELECT count(*) FROM matched), (SELECT max(id) FROM matched), (SELECT count(*) FROM revoked),
                (SELECT COALESCE(jsonb_object_agg(reason, n), jsonb_build_object()) FROM skips)
            """;
        command.Parameters.Add(new NpgsqlParameter<string>("cursor", bulk.Cursor));
        command.Parameters.Add(new NpgsqlParameter<int>("chunk", ChunkSize));
        command.Parameters.Add(new NpgsqlParameter<string>("bulk", bulk.Id));
        command.Parameters.Add(new NpgsqlParameter<string>("actor", bulk.RequestedBy));
        command.Parameters.Add(new NpgsqlParameter<string>("reason", bulk.Reason));
        command.Parameters.Add(new NpgsqlParameter("now", NpgsqlDbType.TimestampTz) { Value = time.GetUtcNow().UtcDateTime });
        long matched, revoked;
        string? last;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            (matched, revoked, last) = (reader.GetInt64(0), reader.GetInt64(2), reader.IsDBNull(1) ? null : reader.GetString(1));
            foreach (var (reason, n) in JsonText.To<Dictionary<string, long>>(reader.GetString(3)))
                bulk.Skipped[reason] = bulk.Skipped.GetValueOrDefault(reason) + n;
        }

        await RecordAsync(connection, bulk, matched, revoked, last, cancellationToken);
    }

    private async Task RecordAsync(
        NpgsqlConnection connection, Bulk bulk, long matched, long revoked, string? last, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            UPDATE bulk_revocations SET started_at = COALESCE(started_at, $2), expansion_cursor = COALESCE($3, expansion_cursor), skipped = $4,
                total_matched = COALESCE(total_matched, 0) + $5, total_enqueued = COALESCE(total_enqueued, 0) + $6,
                total_skipped = COALESCE(total_skipped, 0) + $5 - $6, total_completed = total_completed + $6,
                status = CASE WHEN $7 THEN 'completed' ELSE 'running' END,
                expanded_at = CASE WHEN $7 THEN $2 END, completed_at = CASE WHEN $7 THEN $2 END
            WHERE id = $1
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = bulk.Id });
        command.Parameters.Add(new NpgsqlParameter { Value = time.GetUtcNow().UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new NpgsqlParameter { Value = last ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = JsonText.Of(bulk.Skipped), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = matched });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = revoked });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = matched < ChunkSize });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Bulk(
        string Id, CertificateCriteria Criteria, string Reason, string RequestedBy, string Cursor, Dictionary<string, long> Skipped);
}
