using Certctl.Core.Domain.Renewals;
using Certctl.Core.Persistence;
using Certctl.Core.Renewals;
using Certctl.RenewalWorker.Bulk;
using Npgsql;
using NpgsqlTypes;

namespace Certctl.RenewalWorker.Revocation;

/// <summary>Revokes what bulk revocations match, a chunk of certificates a transaction, one bulk after the other.</summary>
public sealed class BulkRevocationRun(NpgsqlDataSource database, TimeProvider time, ILogger<BulkRevocationRun> logger)
{
    internal const int ChunkSize = 2_500;

    private const long LockKey = 0x6365_7274_7265_766f; // "certrevo"

    private const string BeforeChunk = "before_chunk";

    /// <summary>Does the next chunk of the oldest bulk revocation that is not done; false when there is none, or when its last
    /// attempt failed and it is not time for the next.</summary>
    public async Task<bool> RunNextAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var locking = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({LockKey})", connection))
            await locking.ExecuteNonQueryAsync(cancellationToken);
        if (await FindOldestAsync(connection, cancellationToken) is not { } bulk || bulk.NextExpansionAt > time.GetUtcNow()) return false;
        await transaction.SaveAsync(BeforeChunk, cancellationToken);
        var goesOn = true;
        try
        {
            await RevokeAsync(connection, bulk, cancellationToken);
        }
        catch (Exception e) when (ExpansionFailures.IsOfTheBulk(e, connection))
        {
            await transaction.RollbackAsync(BeforeChunk, cancellationToken);
            goesOn = await ExpansionFailures.RecordAsync(connection, "bulk_revocations", bulk.Id, e, time.GetUtcNow(), cancellationToken);
            logger.LogWarning("Bulk revocation {Id} cannot be done{Over}: {Reason}", bulk.Id, goesOn ? " and is failed" : "", e.Message);
        }

        await transaction.CommitAsync(cancellationToken);
        return goesOn;
    }

    private static async Task<Bulk?> FindOldestAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            SELECT id, criteria, reason, requested_by, expansion_cursor, skipped, next_expansion_at
            FROM bulk_revocations WHERE expanded_at IS NULL ORDER BY accepted_order LIMIT 1
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return !await reader.ReadAsync(cancellationToken) ? null : new Bulk(
            reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3),
            reader.IsDBNull(4) ? "" : reader.GetString(4), JsonText.To<Dictionary<string, long>>(reader.GetString(5)),
            reader.IsDBNull(6) ? null : reader.GetFieldValue<DateTimeOffset>(6));
    }

    /// <summary>Four statements, since each must see what the one before has waited for: a worker that holds a renewal
    /// commits its version first, and that version's serial is revoked with the others. Renewals are locked before
    /// certificates, as everywhere.</summary>
    private async Task RevokeAsync(NpgsqlConnection connection, Bulk bulk, CancellationToken cancellationToken)
    {
        var matched = await MatchAsync(connection, bulk, cancellationToken);
        var eligible = matched.Where(m => m.Skip is null).Select(m => m.Id).ToArray();
        await using (var cancel = Command(connection, bulk, eligible, """
            WITH active AS (
                SELECT id FROM renewals WHERE certificate_id = ANY(@ids) AND completed_at IS NULL
                ORDER BY id FOR UPDATE
            )
            UPDATE renewals r SET status = 'cancelled', completed_at = @now, lease_token = NULL
            FROM active WHERE r.id = active.id
            """)) await cancel.ExecuteNonQueryAsync(cancellationToken);
        var revoked = new List<string>();
        await using (var revoke = Command(connection, bulk, eligible, """
            UPDATE managed_certificates c SET status = 'Revoked', revoked_at = @now, revocation_reason = @reason, updated_at = @now
            WHERE c.id = ANY(@ids) AND c.status NOT IN ('Revoked', 'Archived')
            RETURNING c.id
            """))
        await using (var reader = await revoke.ExecuteReaderAsync(cancellationToken))
            while (await reader.ReadAsync(cancellationToken)) revoked.Add(reader.GetString(0));
        await using (var follow = Command(connection, bulk, [.. revoked], """
            WITH serials AS (
                INSERT INTO certificate_revocations (certificate_id, issuer_id, serial_number, reason, revoked_by, revoked_at, not_after)
                SELECT certificate_id, issuer_id, serial_number, @reason, @actor, @now, not_after
                FROM certificate_versions WHERE certificate_id = ANY(@ids) AND not_after > @now
                ON CONFLICT DO NOTHING
            ), keys AS (
                DELETE FROM private_keys WHERE certificate_id = ANY(@ids)
            )
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            SELECT @actor, 'api_key', 'certificate_revoked', 'certificate', id,
                jsonb_build_object('reason', @reason, 'bulk_revocation_id', @bulk), @now
            FROM unnest(@ids) AS r (id)
            """)) await follow.ExecuteNonQueryAsync(cancellationToken);
        foreach (var skips in matched.Where(m => m.Skip is not null).GroupBy(m => m.Skip!)) Skip(bulk, skips.Key, skips.Count());
        if (eligible.Length > revoked.Count) Skip(bulk, "revoked", eligible.Length - revoked.Count);
        await RecordAsync(connection, bulk, matched.Count, revoked.Count, matched.Count == 0 ? null : matched[^1].Id, cancellationToken);
    }

    private static async Task<List<(string Id, string? Skip)>> MatchAsync(NpgsqlConnection connection, Bulk bulk, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand { Connection = connection };
        command.CommandText = $"""
            SELECT c.id, CASE c.status WHEN 'Revoked' THEN 'revoked' WHEN 'Archived' THEN 'archived' END
            FROM managed_certificates c
            WHERE c.id > @cursor AND {CertificateSelection.Where(JsonText.To<CertificateCriteria>(bulk.Criteria), command.Parameters)}
            ORDER BY c.id LIMIT @chunk
            """;
        command.Parameters.Add(new NpgsqlParameter<string>("cursor", bulk.Cursor));
        command.Parameters.Add(new NpgsqlParameter<int>("chunk", ChunkSize));
        var matched = new List<(string, string?)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) matched.Add((reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1)));
        return matched;
    }

    private NpgsqlCommand Command(NpgsqlConnection connection, Bulk bulk, string[] ids, string sql)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter("ids", NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = ids });
        command.Parameters.Add(new NpgsqlParameter<string>("bulk", bulk.Id));
        command.Parameters.Add(new NpgsqlParameter<string>("actor", bulk.RequestedBy));
        command.Parameters.Add(new NpgsqlParameter<string>("reason", bulk.Reason));
        command.Parameters.Add(new NpgsqlParameter("now", NpgsqlDbType.TimestampTz) { Value = time.GetUtcNow().UtcDateTime });
        return command;
    }

    private static void Skip(Bulk bulk, string reason, long n) => bulk.Skipped[reason] = bulk.Skipped.GetValueOrDefault(reason) + n;

    private async Task RecordAsync(
        NpgsqlConnection connection, Bulk bulk, long matched, long revoked, string? last, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            UPDATE bulk_revocations SET started_at = COALESCE(started_at, $2), expansion_cursor = COALESCE($3, expansion_cursor), skipped = $4,
                expansion_attempts = 0, next_expansion_at = NULL, last_error = NULL,
                total_matched = COALESCE(total_matched, 0) + $5, total_enqueued = COALESCE(total_enqueued, 0) + $6,
                total_skipped = COALESCE(total_skipped, 0) + $5 - $6, total_completed = total_completed + $6,
                status = CASE WHEN $7 THEN 'completed' ELSE 'running' END,
                expanded_at = CASE WHEN $7 THEN $2 END, completed_at = CASE WHEN $7 THEN $2 END
            WHERE id = $1
            """, connection);
        command.Parameters.Text(bulk.Id).Time(time.GetUtcNow()).Text(last).Json(JsonText.Of(bulk.Skipped)).BigNumber(matched).BigNumber(revoked).Flag(matched < ChunkSize);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Bulk(
        string Id, string Criteria, string Reason, string RequestedBy, string Cursor, Dictionary<string, long> Skipped, DateTimeOffset? NextExpansionAt);
}
