using Certctl.Core.Renewals;
using Npgsql;
using NpgsqlTypes;

namespace Certctl.RenewalWorker.Sweeps;

/// <summary>Finds work that no message stands for. Every statement is bounded, takes rows that nobody else holds
/// (SKIP LOCKED), and may run on any number of replicas at once.</summary>
public sealed class RenewalSweep(NpgsqlDataSource database, TimeProvider time)
{
    private const int Limit = 5_000;

    /// <summary>Claims whose worker is gone: back to pending, or failed when that was the last attempt.</summary>
    public Task<IReadOnlyList<string>> TakeBackExpiredLeasesAsync(CancellationToken cancellationToken) => QueryAsync($"""
        WITH leases AS (
            SELECT token, renewal_ids FROM renewal_leases WHERE expires_at < now() ORDER BY expires_at LIMIT @limit / {RenewalSettings.ChunkSize} FOR UPDATE SKIP LOCKED
        ), expired AS (
            SELECT r.id FROM leases l CROSS JOIN unnest(l.renewal_ids) AS held (id) JOIN renewals r ON r.id = held.id
            WHERE r.status || '' = 'running' AND r.lease_token = l.token FOR UPDATE OF r SKIP LOCKED
        ), taken AS (
            UPDATE renewals r SET lease_token = NULL, next_attempt_at = @now,
                status = CASE WHEN r.attempts < r.max_attempts THEN 'pending' ELSE 'failed' END,
                completed_at = CASE WHEN r.attempts < r.max_attempts THEN NULL ELSE @now END,
                last_error = 'the worker that held it stopped before it was written'
            FROM expired WHERE r.id = expired.id
            RETURNING r.id, r.certificate_id, r.status, r.last_error
        ), freed AS (
            UPDATE managed_certificates c SET updated_at = @now,
                status = {CertificateStatusSql.AtRest("@now")}
            FROM taken WHERE taken.status = 'failed' AND c.id = taken.certificate_id AND c.status IN ('Pending', 'RenewalInProgress')
        ), audited AS (
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            SELECT 'certctl', 'system', 'renewal_failed', 'certificate', certificate_id,
                jsonb_build_object('renewal_id', id, 'error', last_error), @now
            FROM taken WHERE status = 'failed'
        )
        SELECT id FROM taken
        """, cancellationToken);

    /// <summary>Leases that ran out and hold nothing any more. A step after the taking back: what that skipped, for somebody had it in
    /// hand, keeps its lease.</summary>
    public Task<IReadOnlyList<string>> ForgetExpiredLeasesAsync(CancellationToken cancellationToken) => QueryAsync($"""
        DELETE FROM renewal_leases WHERE token IN (
            SELECT l.token FROM renewal_leases l WHERE l.expires_at < now() AND {RenewalLeaseSql.HoldsNothing} LIMIT @limit FOR UPDATE SKIP LOCKED)
        RETURNING token::text
        """, cancellationToken);

    /// <summary>Pending renewals that are due: retries, and those whose message never left or was lost. Moves their time on,
    /// so that each is published once a grace period.</summary>
    public Task<IReadOnlyList<string>> TakeDueAsync(CancellationToken cancellationToken) => QueryAsync("""
        WITH due AS (
            SELECT id FROM renewals WHERE completed_at IS NULL AND NOT is_awaiting AND status = 'pending' AND next_attempt_at <= @now
            ORDER BY next_attempt_at LIMIT @limit FOR UPDATE SKIP LOCKED
        )
        UPDATE renewals r SET next_attempt_at = @now + @grace FROM due WHERE r.id = due.id RETURNING r.id
        """, cancellationToken);

    /// <summary>Renewals that waited too long for an agent's CSR or for an approval fail. The wait began with next_attempt_at: an
    /// approval or a retry gives an old renewal its full time again.</summary>
    public Task<IReadOnlyList<string>> FailOverdueWaitsAsync(RenewalSettings settings, CancellationToken cancellationToken) => QueryAsync($"""
        WITH overdue AS (
            SELECT id FROM renewals
            WHERE is_awaiting
                AND created_at < @now - LEAST(@csr_timeout, @approval_timeout)
                AND GREATEST(created_at, next_attempt_at) < @now - CASE status WHEN 'awaiting_csr' THEN @csr_timeout ELSE @approval_timeout END
            ORDER BY created_at LIMIT @limit FOR UPDATE SKIP LOCKED
        ), failed AS (
            UPDATE renewals r SET completed_at = @now, status = 'failed', last_error = 'nobody answered within the time allowed: ' || r.status
            FROM overdue WHERE r.id = overdue.id
            RETURNING r.id, r.certificate_id, r.last_error
        ), freed AS (
            UPDATE managed_certificates c SET updated_at = @now,
                status = {CertificateStatusSql.AtRest("@now")}
            FROM failed WHERE c.id = failed.certificate_id AND c.status IN ('Pending', 'RenewalInProgress')
        ), audited AS (
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            SELECT 'certctl', 'system', 'renewal_failed', 'certificate', certificate_id,
                jsonb_build_object('renewal_id', id, 'error', last_error), @now
            FROM failed
        )
        SELECT id FROM failed
        """, cancellationToken,
        new NpgsqlParameter("csr_timeout", NpgsqlDbType.Interval) { Value = settings.AwaitingCsrTimeout },
        new NpgsqlParameter("approval_timeout", NpgsqlDbType.Interval) { Value = settings.AwaitingApprovalTimeout });

    /// <summary>Certificates that ran out say so.</summary>
    public Task<IReadOnlyList<string>> MarkExpiredAsync(CancellationToken cancellationToken) => QueryAsync("""
        WITH expired AS (
            SELECT id FROM managed_certificates WHERE expires_at < @now AND status = 'Active'
            ORDER BY expires_at LIMIT @limit FOR UPDATE SKIP LOCKED
        )
        UPDATE managed_certificates c SET status = 'Expired', updated_at = @now FROM expired WHERE c.id = expired.id RETURNING c.id
        """, cancellationToken);

    /// <summary>Bulks that are to be cancelled and have renewals left.</summary>
    public Task<IReadOnlyList<string>> FindCancelledBulksAsync(CancellationToken cancellationToken) => QueryAsync("""
        SELECT id FROM bulk_renewals WHERE cancel_requested_at IS NOT NULL AND (status IN ('queued', 'running')
            OR (status = 'failed' AND total_enqueued > total_completed + total_failed + total_cancelled))
        ORDER BY accepted_order LIMIT @limit
        """, cancellationToken);

    /// <summary>The oldest bulk revocation that is not done, once it is due: its message may have been lost.</summary>
    public Task<IReadOnlyList<string>> FindUnfinishedRevocationsAsync(CancellationToken cancellationToken) => QueryAsync("""
        SELECT id FROM (SELECT id, next_expansion_at FROM bulk_revocations WHERE expanded_at IS NULL ORDER BY accepted_order LIMIT 1) AS oldest
        WHERE next_expansion_at IS NULL OR next_expansion_at <= @now
        """, cancellationToken);

    /// <summary>The oldest bulk that is not wholly expanded, once it is due: its message may have been lost.</summary>
    public Task<IReadOnlyList<string>> FindUnexpandedBulksAsync(CancellationToken cancellationToken) => QueryAsync("""
        SELECT id FROM (
            SELECT id, next_expansion_at FROM bulk_renewals
            WHERE expanded_at IS NULL AND cancel_requested_at IS NULL AND status IN ('queued', 'running')
            ORDER BY accepted_order LIMIT 1) AS oldest
        WHERE next_expansion_at IS NULL OR next_expansion_at <= @now
        """, cancellationToken);

    private async Task<IReadOnlyList<string>> QueryAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        command.Parameters.Add(new NpgsqlParameter("now", NpgsqlDbType.TimestampTz) { Value = time.GetUtcNow().UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter("grace", NpgsqlDbType.Interval) { Value = RenewalSettings.PublishGrace });
        command.Parameters.Add(new NpgsqlParameter<int>("limit", Limit));
        var ids = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) ids.Add(reader.GetString(0));
        return ids;
    }
}
