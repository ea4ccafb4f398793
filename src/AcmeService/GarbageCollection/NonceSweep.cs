using Certctl.AcmeService.Nonces;
using Certctl.Contracts;

namespace Certctl.AcmeService.GarbageCollection;

/// <summary>Forgets used nonces once no server would take them any more. They sort by the time of their issue, so that the oldest
/// are the first of the primary key.</summary>
public sealed class NonceSweep(Sweep sweep, AcmeSettings settings, TimeProvider time) : IAcmeNonceSweep
{
    public const string JobId = "acme-gc-nonces";

    /// <summary>Clocks of replicas differ by less: a nonce is refused everywhere before it is forgotten.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    public Task RunAsync(CancellationToken cancellationToken)
    {
        var first = NonceMint.FirstOf(time.GetUtcNow() - settings.NonceTtl - Margin);
        return sweep.RunAsync(JobId, """
            WITH old AS (
                SELECT nonce FROM acme_used_nonces WHERE nonce < $1 ORDER BY nonce LIMIT $2 FOR UPDATE SKIP LOCKED
            ), gone AS (
                DELETE FROM acme_used_nonces n USING old WHERE n.nonce = old.nonce RETURNING 1
            )
            SELECT count(*)::int FROM gone
            """, p => p.Uuid(first), AcmeCounters.NoncesReaped, cancellationToken);
    }
}
