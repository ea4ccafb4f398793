namespace Certctl.Core.Domain.Renewals;

/// <summary>An administrator's request to revoke whatever its criteria match. Reads like a <see cref="BulkRenewal"/>.</summary>
public sealed class BulkRevocation : IBulkOperation
{
    public required string Id { get; init; }
    public long AcceptedOrder { get; init; }
    public BulkStatus Status { get; set; }
    public required CertificateCriteria Criteria { get; init; }

    /// <summary>RFC 5280 5.3.1 reason, by name.</summary>
    public required string Reason { get; init; }
    public required string RequestedBy { get; init; }
    public long? TotalMatched { get; set; }
    public long? TotalEnqueued { get; set; }
    public long? TotalSkipped { get; set; }
    public Dictionary<string, long> Skipped { get; set; } = [];
    public long TotalCompleted { get; set; }
    public long TotalFailed { get; set; }
    public long TotalCancelled { get; set; }
    public string? ExpansionCursor { get; set; }

    /// <summary>Chunks that failed in a row; at <see cref="IBulkOperation.MaxExpansionAttempts"/> the bulk is failed.</summary>
    public int ExpansionAttempts { get; set; }

    /// <summary>When the expansion that failed is tried again.</summary>
    public DateTimeOffset? NextExpansionAt { get; set; }
    public DateTimeOffset? ExpandedAt { get; set; }
    public string? LastError { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; set; }
    public DateTimeOffset? CompletedAt { get; set; }
}
