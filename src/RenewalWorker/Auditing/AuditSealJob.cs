using Certctl.Contracts;
using Certctl.Core.Auditing;

namespace Certctl.RenewalWorker.Auditing;

/// <summary>Seals the audit trail once in the fleet.</summary>
public sealed class AuditSealJob(AuditSealing sealing) : IAuditSealing
{
    /// <summary>Longer than any transaction of certctl's own.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public Task RunAsync(CancellationToken cancellationToken) => sealing.RunAsync(Patience, cancellationToken);
}
