using Certctl.Contracts;

namespace Certctl.AcmeService.GarbageCollection;

/// <summary>Pending authorizations whose time is over become expired (RFC 8555 7.1.6). Their challenges stay as they are: nobody
/// can respond to them any more.</summary>
public sealed class AuthorizationSweep(Sweep sweep, TimeProvider time) : IAcmeAuthorizationSweep
{
    public const string JobId = "acme-gc-authorizations";

    public Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return sweep.RunAsync(JobId, """
            WITH over AS (
                SELECT authz_id FROM acme_authorizations WHERE status = 'pending' AND expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
            ), expired AS (
                UPDATE acme_authorizations a SET status = 'expired', updated_at = $1 FROM over WHERE a.authz_id = over.authz_id RETURNING 1
            )
            SELECT count(*)::int FROM expired
            """, p => p.Time(now), AcmeCounters.AuthorizationsExpired, cancellationToken);
    }
}
