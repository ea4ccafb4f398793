using Certctl.Contracts;
using Certctl.Core.Persistence;
using Certctl.Core.Renewals;
using Npgsql;
using NpgsqlTypes;

namespace Certctl.RenewalWorker.Scan;

/// <summary>Enqueues a renewal for each certificate that is due. Writes rows only: the sweep publishes each when its own
/// time, spread by the jitter, has come.</summary>
public sealed class RenewalScan(NpgsqlDataSource database, TimeProvider time, RenewalSettings settings, ILogger<RenewalScan> logger) : IRenewalScan
{
    private const int ChunkSize = 5_000;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        long total = 0;
        int enqueued;
        do
        {
            enqueued = await EnqueueChunkAsync(cancellationToken);
            total += enqueued;
        }
        while (enqueued == ChunkSize);
        if (total > 0) logger.LogInformation("Renewal scan enqueued {Count} renewals", total);
    }

    /// <summary>One statement. Due is what expires within its policy's window, or, where that is longer than the
    /// certificate lives, within the last third of its life; only with auto_renew, never an ACME certificate. Approval and
    /// agents' CSRs are waited for as in any renewal. What failed is left for a day: the scan is no faster retry.</summary>
    private async Task<int> EnqueueChunkAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            WITH due AS (
                SELECT c.id, c.key_mode, rp.max_retries, p.requires_approval
                FROM managed_certificates c
                JOIN renewal_policies rp ON rp.id = c.renewal_policy_id
                JOIN certificate_profiles p ON p.id = c.certificate_profile_id
                WHERE c.expires_at < @now + (SELECT make_interval(days => max(renewal_window_days)) FROM renewal_policies) AND c.status IN ('Active', 'Expired') AND c.source <> 'ACME' AND rp.auto_renew
                    AND c.expires_at < @now + LEAST(make_interval(days => rp.renewal_window_days), (c.expires_at - c.last_renewal_at) / 3)
                    AND NOT EXISTS (SELECT 1 FROM renewals r WHERE r.certificate_id = c.id AND r.created_at > @now - interval '1 day'
                                    AND r.status = 'failed')
                ORDER BY c.expires_at LIMIT @chunk
            ), created AS (
                INSERT INTO renewals (id, certificate_id, status, trigger, requested_by, attempts, max_attempts, next_attempt_at, created_at)
                SELECT {SqlIdentifiers.New("rn", "@now")}, id,
                    CASE WHEN requires_approval THEN 'awaiting_approval' WHEN key_mode = 'agent' THEN 'awaiting_csr' ELSE 'pending' END,
                    'scan', 'renewal-scan', 0, max_retries + 1, @now + random() * @jitter, @now
                FROM due
                ON CONFLICT (certificate_id, acme_order_id) WHERE completed_at IS NULL DO NOTHING
                RETURNING certificate_id
            )
            UPDATE managed_certificates c SET status = 'RenewalInProgress', updated_at = @now
            FROM created WHERE c.id = created.certificate_id AND c.status NOT IN ('Revoked', 'Archived')
            """);
        command.Parameters.Add(new NpgsqlParameter("now", NpgsqlDbType.TimestampTz) { Value = time.GetUtcNow().UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter("jitter", NpgsqlDbType.Interval) { Value = settings.ScanJitter });
        command.Parameters.Add(new NpgsqlParameter<int>("chunk", ChunkSize));
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
