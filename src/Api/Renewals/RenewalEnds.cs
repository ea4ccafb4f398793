using Certctl.Core.Domain.Certificates;
using Certctl.Core.Domain.Renewals;
using Certctl.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Renewals;

/// <summary>Ends renewals from outside of the workers. The bulk that one belongs to is counted by a trigger.</summary>
internal sealed class RenewalEnds(CertctlDbContext context, TimeProvider time)
{
    /// <summary>Cancels whatever renewal of the certificate has not ended. A worker that holds it finds out when it writes.</summary>
    public Task CancelActiveOfAsync(string certificateId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return context.Renewals
            .Where(r => r.CertificateId == certificateId && r.CompletedAt == null)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.Status, RenewalStatus.Cancelled).SetProperty(r => r.CompletedAt, now)
                .SetProperty(r => r.LeaseToken, (Guid?)null), cancellationToken);
    }

    /// <summary>Takes the certificate of a renewal that ended without a version out of its waiting state.</summary>
    public Task FreeCertificateAsync(string certificateId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return context.Certificates
            .Where(c => c.Id == certificateId && (c.Status == CertificateStatus.Pending || c.Status == CertificateStatus.RenewalInProgress))
            .ExecuteUpdateAsync(s => s.SetProperty(c => c.UpdatedAt, now).SetProperty(c => c.Status,
                c => c.ExpiresAt == null ? CertificateStatus.Failed : c.ExpiresAt < now ? CertificateStatus.Expired : CertificateStatus.Active), cancellationToken);
    }
}
