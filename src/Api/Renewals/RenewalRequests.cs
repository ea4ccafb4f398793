using Certctl.Api.Access;
using Certctl.Api.Problems;
using Certctl.Api.Writes;
using Certctl.Contracts;
using Certctl.Core.Domain;
using Certctl.Core.Domain.Certificates;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Domain.Renewals;
using Certctl.Core.Hosting;
using Certctl.Core.Persistence;
using Certctl.Core.Renewals;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Renewals;

/// <summary>Puts single renewals on their way.</summary>
internal sealed class RenewalRequests(CertctlDbContext context, Outbox outbox, AuditTrail audit, IHttpContextAccessor request, TimeProvider time)
{
    /// <summary>The renewal that issues a new certificate's first version.</summary>
    public void AddFirst(ManagedCertificate certificate, CertificateProfile profile, RenewalPolicy policy)
    {
        var renewal = new Renewal
        {
            Id = Identifiers.New("rn", time),
            CertificateId = certificate.Id,
            Status = FirstStatus(profile.RequiresApproval, certificate.KeyMode),
            Trigger = RenewalTrigger.Issue,
            RequestedBy = request.HttpContext!.Caller().Actor,
            MaxAttempts = policy.MaxRetries + 1,
            NextAttemptAt = time.GetUtcNow() + RenewalSettings.PublishGrace,
            CreatedAt = time.GetUtcNow(),
        };
        context.Renewals.Add(renewal);
        Send(renewal.Id, renewal.Status);
    }

    /// <summary>Renews a certificate: one conditional insert, which the partial unique index lets through once however many
    /// ask, then the certificate's flip. The insert comes first, as in the bulk's statement, so that the two cannot deadlock.</summary>
    public async Task<(Renewal? Renewal, ProblemResult? Problem)> RequestAsync(string certificateId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = Identifiers.New("rn", time);
        var actor = request.HttpContext!.Caller().Actor;
        var inserted = await context.Database.ExecuteSqlAsync($"""
            INSERT INTO renewals (id, certificate_id, status, trigger, requested_by, attempts, max_attempts, next_attempt_at, created_at)
            SELECT {id}, c.id,
                CASE WHEN p.requires_approval THEN 'awaiting_approval' WHEN c.key_mode = 'agent' THEN 'awaiting_csr' ELSE 'pending' END,
                'api', {actor}, 0, rp.max_retries + 1, {now + RenewalSettings.PublishGrace}, {now}
            FROM managed_certificates c
            JOIN certificate_profiles p ON p.id = c.certificate_profile_id
            JOIN renewal_policies rp ON rp.id = c.renewal_policy_id
            WHERE c.id = {certificateId} AND c.source <> {CertificateSources.Acme} AND c.status NOT IN ('Archived', 'Revoked')
            ON CONFLICT (certificate_id, acme_order_id) WHERE completed_at IS NULL DO NOTHING
            """, cancellationToken);
        var flipped = inserted == 0 ? 0 : await context.Certificates
            .Where(c => c.Id == certificateId && c.Status != CertificateStatus.Archived && c.Status != CertificateStatus.Revoked)
            .ExecuteUpdateAsync(s => s.SetProperty(c => c.Status, CertificateStatus.RenewalInProgress).SetProperty(c => c.UpdatedAt, now), cancellationToken);
        if (flipped == 0) return (null, await WhyNotAsync(certificateId, cancellationToken));
        var renewal = await context.Renewals.AsNoTracking().SingleAsync(r => r.Id == id, cancellationToken);
        audit.Record("renewal_requested", "certificate", certificateId, new { renewal_id = id });
        Send(id, renewal.Status);
        return (renewal, null);
    }

    /// <summary>Where a renewal begins.</summary>
    public static RenewalStatus FirstStatus(bool requiresApproval, KeyMode keyMode) =>
        requiresApproval ? RenewalStatus.AwaitingApproval : keyMode == KeyMode.Agent ? RenewalStatus.AwaitingCsr : RenewalStatus.Pending;

    /// <summary>Hands a pending renewal to the workers once this transaction is committed.</summary>
    public void Send(string renewalId, RenewalStatus status)
    {
        if (status == RenewalStatus.Pending) outbox.Send(Queues.RenewCertificate, new RenewCertificate(renewalId));
    }

    private async Task<ProblemResult> WhyNotAsync(string certificateId, CancellationToken cancellationToken)
    {
        var certificate = await context.Certificates.AsNoTracking().SingleOrDefaultAsync(c => c.Id == certificateId, cancellationToken);
        return certificate switch
        {
            null => Problem.NotFound("certificate", certificateId),
            { Source: CertificateSources.Acme } => Problem.Conflict("An ACME certificate is renewed by its ACME client."),
            { Status: CertificateStatus.Archived } => Problem.Conflict("An archived certificate is not renewed."),
            { Status: CertificateStatus.Revoked } => Problem.Conflict("A revoked certificate is not renewed."),
            _ => Problem.Conflict("This certificate has a renewal on its way already."),
        };
    }
}
