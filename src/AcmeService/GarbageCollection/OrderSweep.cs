using Certctl.AcmeService.Protocol;
using Certctl.Contracts;
using Certctl.Core.Renewals;

namespace Certctl.AcmeService.GarbageCollection;

/// <summary>
/// Orders whose time is over become invalid (RFC 8555 7.1.6), with the error that the Go certctl gives them. An order that is
/// processing takes its renewal along while that waits for its next attempt. It is left alone while its renewal runs, which a lease
/// bounds, and while it waits for an approval, which takes people days and has a time limit of its own: either ends the order too.
/// Both rows are taken only where nobody holds them, so that the sweep waits for no writer and no writer deadlocks with it.
/// </summary>
public sealed class OrderSweep(Sweep sweep, TimeProvider time) : IAcmeOrderSweep
{
    public const string JobId = "acme-gc-orders";

    private static readonly string AtRest = CertificateStatusSql.AtRest("$1");

    private static readonly string Sql = $"""
        WITH over AS (
            SELECT order_id FROM acme_orders WHERE is_open AND status IN ('pending', 'ready') AND expires_at < $1
            ORDER BY expires_at LIMIT $3 FOR UPDATE SKIP LOCKED
        ), stuck AS (
            SELECT o.order_id, r.id AS renewal_id FROM acme_orders o JOIN renewals r ON r.id = o.renewal_id
            WHERE o.is_open AND o.status = 'processing' AND o.expires_at < $1 AND r.status = 'pending'
            ORDER BY o.expires_at LIMIT $3 - (SELECT count(*) FROM over) FOR UPDATE OF o, r SKIP LOCKED
        ), cancelled AS (
            UPDATE renewals r SET status = 'cancelled', completed_at = $1, last_error = 'the ACME order expired first'
            FROM stuck WHERE r.id = stuck.renewal_id RETURNING r.id, r.certificate_id
        ), freed AS (
            UPDATE managed_certificates c SET updated_at = $1, status = {AtRest}
            FROM cancelled x WHERE c.id = x.certificate_id AND c.status IN ('Pending', 'RenewalInProgress')
                AND NOT EXISTS (SELECT 1 FROM renewals r WHERE r.certificate_id = c.id AND r.id <> x.id
                    AND r.completed_at IS NULL)
        ), invalid AS (
            UPDATE acme_orders o SET status = 'invalid', error = $2, updated_at = $1
            FROM (SELECT order_id FROM over UNION ALL SELECT order_id FROM stuck) AS ended WHERE o.order_id = ended.order_id
            RETURNING 1
        )
        SELECT count(*)::int FROM invalid
        """;

    public Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var error = Wire.Text(Problems.ServerInternal("The order expired before its certificate was issued."));
        return sweep.RunAsync(JobId, Sql, p => p.Time(now).Json(error), AcmeCounters.OrdersInvalidated, cancellationToken);
    }
}
