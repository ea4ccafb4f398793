using Certctl.Core.Domain.Renewals;
using Certctl.Core.Persistence;
using Certctl.Core.Renewals;
using Npgsql;
using NpgsqlTypes;

namespace Certctl.RenewalWorker.Bulk;

/// <summary>What one chunk of an expansion did.</summary>
/// <param name="Pending">Renewals that can be worked on now; those that await approval or a CSR are not among them.</param>
public sealed record ExpandedChunk(string BulkRenewalId, IReadOnlyList<string> Pending);

/// <summary>Turns bulk renewals into renewals, a chunk of certificates a transaction, in the order in which the bulks were
/// accepted. An advisory lock lets one chunk run at a time in the whole fleet; whoever comes next, on whatever replica,
/// goes on where the last committed chunk ended.</summary>
public sealed class BulkExpansion(NpgsqlDataSource database, TimeProvider time, RenewalSettings settings, ILogger<BulkExpansion> logger)
{
    /// <summary>Certificates that one statement goes through.</summary>
    internal const int ChunkSize = 2_500;

    /// <summary>The first chunk of a bulk is small, so that the workers have something to do while the next is expanded.</summary>
    private const int FirstChunkSize = 500;

    private const long LockKey = 0x6365_7274_6275_6c6b; // "certbulk"

    private const string BeforeChunk = "before_chunk";

    /// <summary>Expands the next chunk of the oldest bulk that is not expanded; null when there is none, or when its last attempt
    /// failed and it is not time for the next. Those after it wait meanwhile: bulks expand in the order of acceptance.</summary>
    public async Task<ExpandedChunk?> ExpandNextAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var locking = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({LockKey})", connection))
            await locking.ExecuteNonQueryAsync(cancellationToken);
        if (await FindOldestAsync(connection, cancellationToken) is not { } bulk || bulk.NextExpansionAt > time.GetUtcNow()) return null;
        await transaction.SaveAsync(BeforeChunk, cancellationToken);
        ExpandedChunk? expanded;
        try
        {
            var chunk = await ExpandAsync(connection, bulk, cancellationToken);
            if (chunk.SomeWereEnded) await CancelEndedAsync(connection, bulk, cancellationToken);
            await RecordAsync(connection, bulk, chunk, cancellationToken);
            expanded = new ExpandedChunk(bulk.Id, chunk.Pending);
        }
        catch (Exception e) when (ExpansionFailures.IsOfTheBulk(e, connection))
        {
            // Back to the savepoint and not out of the transaction: the lock is held until the attempt is counted.
            await transaction.RollbackAsync(BeforeChunk, cancellationToken);
            var isOver = await ExpansionFailures.RecordAsync(connection, "bulk_renewals", bulk.Id, e, time.GetUtcNow(), cancellationToken);
            logger.LogWarning("Bulk renewal {Id} does not expand{Over}: {Reason}", bulk.Id, isOver ? " and is failed" : "", e.Message);
            expanded = isOver ? new ExpandedChunk(bulk.Id, []) : null;
        }

        await transaction.CommitAsync(cancellationToken);
        return expanded;
    }

    /// <summary>Ends the expansion of a bulk that was cancelled before it was whole; between two chunks, never inside one.</summary>
    public async Task CloseCancelledAsync(string bulkRenewalId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"""
            SELECT pg_advisory_xact_lock({LockKey});
            UPDATE bulk_renewals SET status = 'running', started_at = COALESCE(started_at, @now), expanded_at = @now,
                total_matched = COALESCE(total_matched, 0), total_enqueued = COALESCE(total_enqueued, 0), total_skipped = COALESCE(total_skipped, 0)
            WHERE id = @id AND expanded_at IS NULL AND cancel_requested_at IS NOT NULL AND status IN ('queued', 'running');
            SELECT settle_bulk_renewals(ARRAY[@id]);
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string>("id", bulkRenewalId));
        command.Parameters.Add(new NpgsqlParameter("now", NpgsqlDbType.TimestampTz) { Value = time.GetUtcNow().UtcDateTime });
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<Bulk?> FindOldestAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            SELECT id, criteria, force, expansion_cursor, skipped, requested_by, next_expansion_at
            FROM bulk_renewals WHERE expanded_at IS NULL AND cancel_requested_at IS NULL AND status IN ('queued', 'running')
            ORDER BY accepted_order LIMIT 1
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return !await reader.ReadAsync(cancellationToken) ? null : new Bulk(
            reader.GetString(0), reader.GetString(1), reader.GetBoolean(2),
            reader.IsDBNull(3) ? "" : reader.GetString(3), JsonText.To<Dictionary<string, long>>(reader.GetString(4)),
            reader.GetString(5), reader.IsDBNull(6) ? null : reader.GetFieldValue<DateTimeOffset>(6));
    }

    /// <summary>One statement: the next certificates that match, the reason of each that is skipped, a renewal for each that
    /// is not, and the certificate's flip. A certificate gets at most one active renewal (partial unique index), whoever
    /// else asks at the same time; one that was revoked or archived meanwhile is not flipped.</summary>
    private async Task<Chunk> ExpandAsync(NpgsqlConnection connection, Bulk bulk, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand { Connection = connection };
        command.CommandText = $"""
            WITH matched AS MATERIALIZED (
                SELECT c.id, c.key_mode, c.renewal_policy_id, c.certificate_profile_id, {RenewalSkips.Reason} AS skip
                FROM managed_certificates c
                WHERE c.id > @cursor AND {CertificateSelection.Where(JsonText.To<CertificateCriteria>(bulk.Criteria), command.Parameters)}
                ORDER BY c.id LIMIT @chunk
            ), created AS (
                INSERT INTO renewals (id, certificate_id, bulk_renewal_id, status, trigger, requested_by, attempts, max_attempts,
                    next_attempt_at, created_at)
                SELECT {SqlIdentifiers.New("rn", "@now")}, m.id, @bulk,
                    CASE WHEN p.requires_approval THEN 'awaiting_approval' WHEN m.key_mode = 'agent' THEN 'awaiting_csr' ELSE 'pending' END,
                    'bulk', @requested_by, 0, rp.max_retries + 1, @now + @grace, @now
                FROM matched m
                JOIN certificate_profiles p ON p.id = m.certificate_profile_id
                JOIN renewal_policies rp ON rp.id = m.renewal_policy_id
                WHERE m.skip IS NULL
                ON CONFLICT (certificate_id, acme_order_id) WHERE completed_at IS NULL DO NOTHING
                RETURNING id, certificate_id, status
            ), flipped AS (
                UPDATE managed_certificates c SET status = 'RenewalInProgress', updated_at = @now
                FROM created WHERE c.id = created.certificate_id AND c.status NOT IN ('Revoked', 'Archived')
                RETURNING c.id
            ), skips AS (
                SELECT COALESCE(m.skip, 'in_progress') AS reason, count(*) AS n
                FROM matched m LEFT JOIN created ON created.certificate_id = m.id
                WHERE created.id IS NULL GROUP BY 1
            )
            SELECT (SELECT count(*) FROM matched), (SELECT max(id) FROM matched),
                (SELECT COALESCE(jsonb_object_agg(reason, n), jsonb_build_object()) FROM skips),
                (SELECT COALESCE(array_agg(id), ARRAY[]::text[]) FROM created WHERE status = 'pending'),
                (SELECT count(*) FROM created) > (SELECT count(*) FROM flipped)
            """;
        command.Parameters.Add(new NpgsqlParameter<string>("cursor", bulk.Cursor));
        command.Parameters.Add(new NpgsqlParameter<int>("chunk", bulk.ChunkSize));
        command.Parameters.Add(new NpgsqlParameter<string>("bulk", bulk.Id));
        command.Parameters.Add(new NpgsqlParameter<string>("requested_by", bulk.RequestedBy));
        command.Parameters.Add(new NpgsqlParameter<bool>("force", bulk.Force));
        command.Parameters.Add(new NpgsqlParameter("now", NpgsqlDbType.TimestampTz) { Value = time.GetUtcNow().UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter("grace", NpgsqlDbType.Interval) { Value = RenewalSettings.PublishGrace });
        command.Parameters.Add(new NpgsqlParameter("min_interval", NpgsqlDbType.Interval) { Value = settings.MinInterval });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new Chunk(
            reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetString(1),
            JsonText.To<Dictionary<string, long>>(reader.GetString(2)), reader.GetFieldValue<string[]>(3), reader.GetBoolean(4));
    }

    /// <summary>The renewals of certificates that were revoked or archived while the chunk was expanded.</summary>
    private async Task CancelEndedAsync(NpgsqlConnection connection, Bulk bulk, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            UPDATE renewals r SET status = 'cancelled', completed_at = $2 FROM managed_certificates c
            WHERE r.bulk_renewal_id = $1 AND r.status IN ('pending', 'awaiting_csr', 'awaiting_approval')
                AND c.id = r.certificate_id AND c.status IN ('Revoked', 'Archived')
            """, connection);
        command.Parameters.Text(bulk.Id).Time(time.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task RecordAsync(NpgsqlConnection connection, Bulk bulk, Chunk chunk, CancellationToken cancellationToken)
    {
        foreach (var (reason, n) in chunk.Skipped) bulk.Skipped[reason] = bulk.Skipped.GetValueOrDefault(reason) + n;
        var skipped = chunk.Skipped.Values.Sum();
        var isLast = chunk.Matched < bulk.ChunkSize;
        await using var command = new NpgsqlCommand("""
            UPDATE bulk_renewals SET status = 'running', started_at = COALESCE(started_at, $2),
                expansion_cursor = COALESCE($3, expansion_cursor), skipped = $4, expansion_attempts = 0, next_expansion_at = NULL, last_error = NULL,
                total_matched = COALESCE(total_matched, 0) + $5, total_enqueued = COALESCE(total_enqueued, 0) + $6,
                total_skipped = COALESCE(total_skipped, 0) + $7, expanded_at = CASE WHEN $8 THEN $2 END
            WHERE id = $1;
            """, connection);
        command.Parameters.Text(bulk.Id).Time(time.GetUtcNow()).Text(chunk.LastId).Json(JsonText.Of(bulk.Skipped))
            .BigNumber(chunk.Matched).BigNumber(chunk.Matched - skipped).BigNumber(skipped).Flag(isLast);
        await command.ExecuteNonQueryAsync(cancellationToken);
        if (!isLast) return;
        await using var settle = new NpgsqlCommand("SELECT settle_bulk_renewals(ARRAY[$1])", connection);
        settle.Parameters.Text(bulk.Id);
        await settle.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Bulk(
        string Id, string Criteria, bool Force, string Cursor, Dictionary<string, long> Skipped, string RequestedBy, DateTimeOffset? NextExpansionAt)
    {
        public int ChunkSize => Cursor.Length == 0 ? FirstChunkSize : BulkExpansion.ChunkSize;
    }

    private sealed record Chunk(long Matched, string? LastId, Dictionary<string, long> Skipped, string[] Pending, bool SomeWereEnded);
}
