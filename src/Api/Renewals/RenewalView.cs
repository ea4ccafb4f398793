using Certctl.Core.Domain.Renewals;

namespace Certctl.Api.Renewals;

/// <summary>A renewal as the API shows it.</summary>
public sealed record RenewalView(
    string Id, string CertificateId, string? BulkRenewalId, RenewalStatus Status, RenewalTrigger Trigger, string RequestedBy, int Attempts,
    int MaxAttempts, string? LastError, DateTimeOffset? NextAttemptAt, string? SerialNumber, string? VersionId, string? AcmeOrderId, string? DecidedBy,
    DateTimeOffset? DecidedAt, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? CompletedAt)
{
    public static RenewalView Of(Renewal r) => new(
        r.Id, r.CertificateId, r.BulkRenewalId, r.Status, r.Trigger, r.RequestedBy, r.Attempts, r.MaxAttempts, r.LastError,
        r.Status == RenewalStatus.Pending ? r.NextAttemptAt : null, r.SerialNumber, r.VersionId, r.AcmeOrderId, r.DecidedBy, r.DecidedAt, r.CreatedAt,
        r.StartedAt, r.CompletedAt);
}
