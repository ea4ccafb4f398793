using Certctl.Contracts;
using Certctl.Core.Renewals;
using Npgsql;
using NpgsqlTypes;

namespace Certctl.RenewalWorker.Scan;

/// <summary>Deletes what is past its keeping time, in bounded batches: answers to Idempotency-Keys after 24 hours, renewals
/// that have ended, then bulks that have none left, and dead letters that went back to their queues.</summary>
public sealed class Retention(NpgsqlDataSource database, TimeProvider time, RenewalSettings settings) : IRetention
{
    private const int BatchSize = 5_000;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(20); // of each kind
    private static readonly TimeSpan IdempotencyKeysLive = TimeSpan.FromHours(24);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await DeleteAsync("""
            DELETE FROM idempotent_requests WHERE ctid = ANY(ARRAY(SELECT ctid FROM idempotent_requests WHERE created_at < @before LIMIT @batch))
            """, IdempotencyKeysLive, cancellationToken);
        await DeleteAsync("""
            DELETE FROM renewals WHERE id IN (SELECT id FROM renewals WHERE completed_at < @before LIMIT @batch)
            """, settings.Retention, cancellationToken);
        await DeleteAsync("""
            DELETE FROM bulk_renewals WHERE id IN (SELECT b.id FROM bulk_renewals b WHERE b.completed_at < @before
                AND NOT EXISTS (SELECT 1 FROM renewals r WHERE r.bulk_renewal_id = b.id) LIMIT @batch)
            """, settings.Retention, cancellationToken);
        await DeleteAsync("""
            DELETE FROM bulk_revocations WHERE id IN (SELECT id FROM bulk_revocations WHERE completed_at < @before LIMIT @batch)
            """, settings.Retention, cancellationToken);
        await DeleteAsync("""
            DELETE FROM dead_letters WHERE id IN (SELECT id FROM dead_letters WHERE requeued_at < @before LIMIT @batch)
            """, settings.Retention, cancellationToken);
    }

    private async Task DeleteAsync(string sql, TimeSpan age, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        int deleted;
        do
        {
            await using var command = database.CreateCommand(sql);
            command.Parameters.Add(new NpgsqlParameter("before", NpgsqlDbType.TimestampTz) { Value = (time.GetUtcNow() - age).UtcDateTime });
            command.Parameters.Add(new NpgsqlParameter<int>("batch", BatchSize));
            deleted = await command.ExecuteNonQueryAsync(cancellationToken);
        }
        while (deleted == BatchSize && time.GetElapsedTime(started) < Budget);
    }
}
