using Certctl.Core.Persistence;
using Certctl.Core.Renewals;
using Npgsql;

namespace Certctl.Core.Issuance;

/// <summary>What becomes of a renewal that could not be issued.</summary>
internal static class RenewalFailures
{
    /// <summary>An ACME client waits for its order: it is tried again soon, or told.</summary>
    private const int AcmeRetrySeconds = 2;

    /// <summary>A permanent error, or the last attempt, fails the renewal and takes the certificate out of
    /// RenewalInProgress; else it waits, twice as long as before, from its policy's retry interval. What the lease holds no longer
    /// is left alone.</summary>
    public static async Task WriteAsync(
        NpgsqlDataSource database, Guid leaseToken, IReadOnlyList<IssuanceResult> failed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            WITH failed AS (
                UPDATE renewals r SET
                    status = CASE WHEN f.permanent OR r.attempts >= r.max_attempts THEN 'failed' ELSE 'pending' END,
                    completed_at = CASE WHEN f.permanent OR r.attempts >= r.max_attempts THEN $4 END,
                    next_attempt_at = $4 + make_interval(secs => CASE WHEN r.acme_order_id IS NULL THEN p.retry_interval_seconds ELSE {AcmeRetrySeconds} END * power(2, LEAST(r.attempts, 11) - 1)),
                    last_error = left(f.error, 2000), lease_token = NULL
                FROM unnest($1, $2, $3) AS f (id, error, permanent), managed_certificates c, renewal_policies p
                WHERE r.id = f.id AND r.status || '' = 'running' AND r.lease_token = $5 AND c.id = r.certificate_id AND p.id = c.renewal_policy_id
                RETURNING r.id, r.certificate_id, r.status, r.last_error
            ), freed AS (
                UPDATE managed_certificates c SET updated_at = $4,
                    status = {CertificateStatusSql.AtRest("$4")}
                FROM failed WHERE failed.status = 'failed' AND c.id = failed.certificate_id AND c.status IN ('Pending', 'RenewalInProgress')
            )
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            SELECT 'certctl', 'system', 'renewal_failed', 'certificate', certificate_id,
                jsonb_build_object('renewal_id', id, 'error', last_error), $4
            FROM failed WHERE status = 'failed'
            """);
        command.Parameters.Texts(failed.Select(f => f.Request.RenewalId)).Texts(failed.Select(f => f.Error!.Message))
            .Flags(failed.Select(f => f.Error!.IsPermanent)).Time(now).Uuid(leaseToken);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
