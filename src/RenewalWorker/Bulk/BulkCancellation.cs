using Certctl.Core.Renewals;
using Npgsql;
using NpgsqlTypes;

namespace Certctl.RenewalWorker.Bulk;

/// <summary>Cancels what a cancelled bulk has not started. What is running runs to its end; nothing new is claimed, since
/// claims look at the bulk's cancel_requested_at.</summary>
public sealed class BulkCancellation(NpgsqlDataSource database, TimeProvider time)
{
    private const int ChunkSize = 5_000;

    /// <summary>Cancels until nothing is left to cancel; each chunk is one statement and one transaction.</summary>
    public async Task CancelAsync(string bulkRenewalId, CancellationToken cancellationToken)
    {
        while (await CancelChunkAsync(bulkRenewalId, cancellationToken) == ChunkSize)
        {
        }
    }

    private async Task<int> CancelChunkAsync(string bulkRenewalId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            WITH waiting AS (
                SELECT r.id FROM renewals r JOIN bulk_renewals b ON b.id = r.bulk_renewal_id
                WHERE b.id = @bulk AND b.cancel_requested_at IS NOT NULL
                    AND r.status IN ('pending', 'awaiting_csr', 'awaiting_approval')
                ORDER BY r.id LIMIT @limit FOR UPDATE OF r
            ), cancelled AS (
                UPDATE renewals r SET status = 'cancelled', completed_at = @now FROM waiting WHERE r.id = waiting.id
                RETURNING r.certificate_id
            ), freed AS (
                UPDATE managed_certificates c SET updated_at = @now, status = {CertificateStatusSql.AtRest("@now")}
                FROM cancelled WHERE c.id = cancelled.certificate_id AND c.status IN ('Pending', 'RenewalInProgress')
            )
            SELECT count(*)::int FROM cancelled
            """);
        command.Parameters.Add(new NpgsqlParameter<string>("bulk", bulkRenewalId));
        command.Parameters.Add(new NpgsqlParameter<int>("limit", ChunkSize));
        command.Parameters.Add(new NpgsqlParameter("now", NpgsqlDbType.TimestampTz) { Value = time.GetUtcNow().UtcDateTime });
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
