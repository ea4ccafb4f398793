using Certctl.Core.Domain.Renewals;

namespace Certctl.Api.BulkRenewals;

/// <summary>A bulk renewal or a bulk revocation as the API shows it: they read alike.</summary>
/// <param name="LastError">Why its expansion failed; tried again at next_expansion_at unless it is failed.</param>
/// <param name="ExpansionAttempts">Expansions that failed in a row.</param>
public sealed record BulkView(
    string Id, BulkStatus Status, CertificateCriteria Criteria, bool Force, string? Reason, string RequestedBy, long? TotalMatched, long? TotalEnqueued,
    long? TotalSkipped, IReadOnlyDictionary<string, long> Skipped, long? TotalCompleted, long? TotalFailed, long? TotalCancelled, string? LastError,
    int ExpansionAttempts, DateTimeOffset? NextExpansionAt, DateTimeOffset? CancelRequestedAt, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? CompletedAt)
{
    public static BulkView Of(BulkRenewal b) => Of(b, b.ExpandedAt is not null) with
    {
        Force = b.Force,
        CancelRequestedAt = b.CancelRequestedAt,
    };

    public static BulkView Of(BulkRevocation b) => Of(b, b.ExpandedAt is not null) with { Reason = b.Reason };

    /// <summary>The totals are null until all of it is expanded, not merely the first chunk.</summary>
    private static BulkView Of(IBulkOperation b, bool expanded) => new(
        b.Id, b.Status, b.Criteria, false, null, b.RequestedBy, expanded ? b.TotalMatched : null, expanded ? b.TotalEnqueued : null,
        expanded ? b.TotalSkipped : null, b.Skipped, expanded ? b.TotalCompleted : null, expanded ? b.TotalFailed : null, expanded ? b.TotalCancelled : null,
        b.LastError, b.ExpansionAttempts, b.NextExpansionAt, null, b.CreatedAt, b.StartedAt, b.CompletedAt);
}

/// <summary>A bulk that was accepted.</summary>
public sealed record BulkAccepted(string Id, BulkStatus Status, string StatusUrl);

/// <summary>What a bulk renewal would do.</summary>
public sealed record BulkPreviewView(long TotalMatched, long TotalEnqueued, long TotalSkipped, IReadOnlyDictionary<string, long> Skipped);
