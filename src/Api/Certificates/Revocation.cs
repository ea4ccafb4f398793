using Certctl.Api.Access;
using Certctl.Api.Problems;
using Certctl.Api.Renewals;
using Certctl.Api.Writes;
using Certctl.Core.Domain.Certificates;
using Certctl.Core.Persistence;
using Certctl.Core.Pki;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Certificates;

/// <summary>Revokes a certificate: every version that has not expired, its renewal on the way, its stored private key.</summary>
internal sealed class Revocation(CertctlDbContext context, RenewalEnds ends, AuditTrail audit, IHttpContextAccessor request, TimeProvider time)
{
    public async Task<(ManagedCertificate? Certificate, ProblemResult? Problem)> RevokeAsync(string id, string? reason, CancellationToken cancellationToken)
    {
        if (ReasonError(reason) is { } error) return (null, Problem.Validation("reason", error));
        // First the renewal, then the certificate, as the workers do: a version that a worker writes right now is either
        // committed before the certificate is ours, and revoked with the others, or never written.
        await ends.CancelActiveOfAsync(id, cancellationToken);
        if (await context.LockAsync<ManagedCertificate>(id, cancellationToken) is not { } certificate) return (null, Problem.NotFound("certificate", id));
        if (certificate.Status == CertificateStatus.Revoked) return (null, Problem.Conflict("This certificate is revoked already."));

        var now = time.GetUtcNow();
        var versions = await context.CertificateVersions.AsNoTracking()
            .Where(v => v.CertificateId == id && v.NotAfter > now)
            .Where(v => !context.Revocations.Any(r => r.IssuerId == v.IssuerId && r.SerialNumber == v.SerialNumber))
            .Select(v => new { v.IssuerId, v.SerialNumber, v.NotAfter }).ToListAsync(cancellationToken);
        context.Revocations.AddRange(versions.Select(v => new CertificateRevocation
        {
            CertificateId = id,
            IssuerId = v.IssuerId,
            SerialNumber = v.SerialNumber,
            Reason = reason!,
            RevokedBy = request.HttpContext!.Caller().Actor,
            RevokedAt = now,
            NotAfter = v.NotAfter,
        }));
        await context.PrivateKeys.Where(k => k.CertificateId == id).ExecuteDeleteAsync(cancellationToken);
        certificate.Status = CertificateStatus.Revoked;
        certificate.RevokedAt = now;
        certificate.RevocationReason = reason;
        certificate.UpdatedAt = now;
        audit.Record("certificate_revoked", "certificate", id, new { reason, serial_numbers = versions.Select(v => v.SerialNumber) });
        await context.SaveChangesAsync(cancellationToken);
        return (certificate, null);
    }

    /// <summary>What is wrong with a reason; null when it is one.</summary>
    public static string? ReasonError(string? reason) => reason is null ? "is required"
        : RevocationReasons.TryParse(reason, out _) ? null
        : $"must be one of {string.Join(", ", RevocationReasons.Names)}";
}
