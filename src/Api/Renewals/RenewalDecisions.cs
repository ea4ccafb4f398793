using Certctl.Api.Access;
using Certctl.Api.Problems;
using Certctl.Api.Writes;
using Certctl.Core.Domain.Certificates;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Domain.Renewals;
using Certctl.Core.Persistence;
using Certctl.Core.Renewals;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Renewals;

/// <summary>What people decide about a renewal: to try it again, to approve it, to reject it.</summary>
internal sealed class RenewalDecisions(
    CertctlDbContext context, RenewalRequests requests, RenewalEnds ends, AuditTrail audit, IHttpContextAccessor request, TimeProvider time)
{
    private string Actor => request.HttpContext!.Caller().Actor;

    /// <summary>Failed becomes pending again with all its attempts. One that was never approved, where the profile asks for it,
    /// waits for approval again: a retry is no way around four eyes.</summary>
    public async Task<(Renewal?, ProblemResult?)> RetryAsync(string id, CancellationToken cancellationToken)
    {
        if (await LoadAsync(id, cancellationToken) is not { } found) return (null, Problem.NotFound("renewal", id));
        var (renewal, certificate, profile) = found;
        if (renewal.AcmeOrderId is not null) return (null, Problem.Conflict("This renewal answers an ACME order; its ACME client places a new order."));
        if (renewal.Status != RenewalStatus.Failed) return (null, Problem.Conflict($"Only a failed renewal can be tried again; this one is {SnakeCase.ToText(renewal.Status)}."));
        if (IsOver(certificate)) return (null, Problem.Conflict("Its certificate has been revoked or archived."));
        if (await context.BulkRenewals.AnyAsync(b => b.Id == renewal.BulkRenewalId && b.CancelRequestedAt != null, cancellationToken))
            return (null, Problem.Conflict("Its bulk renewal was cancelled; renew the certificate by itself."));
        if (await HasActiveAsync(certificate.Id, cancellationToken)) return (null, Problem.Conflict("The certificate has another renewal on its way."));

        renewal.Status = RenewalRequests.FirstStatus(profile.RequiresApproval && renewal.DecidedBy is null, certificate.KeyMode);
        renewal.Attempts = 0;
        renewal.CompletedAt = null;
        renewal.CsrPem = null;
        renewal.NextAttemptAt = time.GetUtcNow() + RenewalSettings.PublishGrace;
        await context.SaveChangesAsync(cancellationToken);
        await MarkInProgressAsync(certificate.Id, cancellationToken);
        audit.Record("renewal_retried", "certificate", certificate.Id, new { renewal_id = id });
        requests.Send(id, renewal.Status);
        return (renewal, null);
    }

    /// <summary>Lets a renewal begin.</summary>
    public async Task<(Renewal?, ProblemResult?)> ApproveAsync(string id, CancellationToken cancellationToken)
    {
        if (await LoadAsync(id, cancellationToken) is not { } found) return (null, Problem.NotFound("renewal", id));
        var (renewal, certificate, _) = found;
        if (RefuseDecision(renewal) is { } refusal) return (null, refusal);
        if (IsOver(certificate)) return (null, Problem.Conflict("Its certificate has been revoked or archived."));
        Decide(renewal, RenewalRequests.FirstStatus(requiresApproval: false, certificate.KeyMode));
        renewal.NextAttemptAt = time.GetUtcNow() + RenewalSettings.PublishGrace;
        audit.Record("renewal_approved", "certificate", certificate.Id, new { renewal_id = id });
        requests.Send(id, renewal.Status);
        return (renewal, null);
    }

    /// <summary>Ends a renewal before it began.</summary>
    public async Task<(Renewal?, ProblemResult?)> RejectAsync(string id, CancellationToken cancellationToken)
    {
        if (await LoadAsync(id, cancellationToken) is not { } found) return (null, Problem.NotFound("renewal", id));
        var (renewal, certificate, _) = found;
        if (RefuseDecision(renewal) is { } refusal) return (null, refusal);
        Decide(renewal, RenewalStatus.Cancelled);
        renewal.CompletedAt = time.GetUtcNow();
        renewal.LastError = $"rejected by {Actor}";
        await context.SaveChangesAsync(cancellationToken);
        await ends.FreeCertificateAsync(certificate.Id, cancellationToken);
        audit.Record("renewal_rejected", "certificate", certificate.Id, new { renewal_id = id });
        return (renewal, null);
    }

    private ProblemResult? RefuseDecision(Renewal renewal) =>
        renewal.Status != RenewalStatus.AwaitingApproval ? Problem.Conflict($"This renewal does not await approval; it is {SnakeCase.ToText(renewal.Status)}.")
        : renewal.RequestedBy == Actor ? Problem.Forbidden("Somebody else than its requester decides about a renewal.")
        : null;

    private void Decide(Renewal renewal, RenewalStatus status)
    {
        renewal.Status = status;
        renewal.DecidedBy = Actor;
        renewal.DecidedAt = time.GetUtcNow();
    }

    private async Task<(Renewal, ManagedCertificate, CertificateProfile)?> LoadAsync(string id, CancellationToken cancellationToken)
    {
        if (await context.LockAsync<Renewal>(id, cancellationToken) is not { } renewal) return null;
        var found = await (
            from c in context.Certificates.AsNoTracking()
            join p in context.Profiles on c.CertificateProfileId equals p.Id
            where c.Id == renewal.CertificateId
            select new { Certificate = c, Profile = p }).SingleAsync(cancellationToken);
        return (renewal, found.Certificate, found.Profile);
    }

    private Task<bool> HasActiveAsync(string certificateId, CancellationToken cancellationToken) => context.Renewals.AnyAsync(r =>
        r.CertificateId == certificateId && r.CompletedAt == null, cancellationToken);

    /// <summary>A certificate without a version goes back to Pending, any other one into renewal.</summary>
    private Task<int> MarkInProgressAsync(string certificateId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return context.Certificates
            .Where(c => c.Id == certificateId && c.Status != CertificateStatus.Archived && c.Status != CertificateStatus.Revoked)
            .ExecuteUpdateAsync(s => s.SetProperty(c => c.UpdatedAt, now).SetProperty(c => c.Status,
                c => c.ExpiresAt == null ? CertificateStatus.Pending : CertificateStatus.RenewalInProgress), cancellationToken);
    }

    private static bool IsOver(ManagedCertificate certificate) => certificate.Status is CertificateStatus.Revoked or CertificateStatus.Archived;
}
