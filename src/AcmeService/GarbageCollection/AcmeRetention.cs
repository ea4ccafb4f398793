using Certctl.Contracts;
using Certctl.Core.Domain;

namespace Certctl.AcmeService.GarbageCollection;

/// <summary>Deletes what has ended long ago: orders that are valid or invalid, then authorizations with their challenges. Ids sort
/// by creation, so that the oldest are the first of the primary keys. Certificates stay: revocation, renewal information and
/// download look at them and their account. Buckets that are full again go too: a bucket without a row is full.</summary>
public sealed class AcmeRetention(Sweep sweep, GarbageCollectionSettings settings, TimeProvider time) : IAcmeRetention
{
    public const string JobId = "acme-retention";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - settings.Retention;
        await sweep.RunAsync(JobId, """
            WITH full_again AS (
                SELECT key FROM acme_rate_limits WHERE full_at < clock_timestamp() LIMIT $1 FOR UPDATE SKIP LOCKED
            ), gone AS (
                DELETE FROM acme_rate_limits b USING full_again f WHERE b.key = f.key RETURNING 1
            )
            SELECT count(*)::int FROM gone
            """, _ => { }, null, cancellationToken);
        await sweep.RunAsync(JobId, """
            WITH old AS (
                SELECT order_id FROM acme_orders WHERE order_id < $1 AND status IN ('valid', 'invalid') ORDER BY order_id LIMIT $2 FOR UPDATE SKIP LOCKED
            ), gone AS (
                DELETE FROM acme_orders o USING old WHERE o.order_id = old.order_id RETURNING 1
            )
            SELECT count(*)::int FROM gone
            """, p => p.Text(Identifiers.FirstOf("acme-ord", before)), null, cancellationToken);
        // No order outlives what it counts on, so none is left that names an authorization that ran out so long ago.
        await sweep.RunAsync(JobId, """
            WITH old AS (
                SELECT authz_id FROM acme_authorizations WHERE authz_id < $1 AND expires_at < $2 AND status <> 'pending'
                ORDER BY authz_id LIMIT $3 FOR UPDATE SKIP LOCKED
            ), challenges AS (
                DELETE FROM acme_challenges c USING old WHERE c.authz_id = old.authz_id
            ), gone AS (
                DELETE FROM acme_authorizations a USING old WHERE a.authz_id = old.authz_id RETURNING 1
            )
            SELECT count(*)::int FROM gone
            """, p => p.Text(Identifiers.FirstOf("acme-authz", before)).Time(before), null, cancellationToken);
    }
}
