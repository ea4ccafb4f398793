namespace Certctl.Core.Domain.Renewals;

/// <summary>An operator's request to renew whatever its criteria match.</summary>
public sealed class BulkRenewal : IBulkOperation
{
    public required string Id { get; init; }

    /// <summary>Bulks expand one at a time in this order.</summary>
    public long AcceptedOrder { get; init; }
    public BulkStatus Status { get; set; }
    public required CertificateCriteria Criteria { get; init; }

    /// <summary>Also takes certificates that were renewed a moment ago.</summary>
    public bool Force { get; init; }
    public required string RequestedBy { get; init; }
    public long? TotalMatched { get; set; }
    public long? TotalEnqueued { get; set; }
    public long? TotalSkipped { get; set; }
    public Dictionary<string, long> Skipped { get; set; } = [];
    public long TotalCompleted { get; set; }
    public long TotalFailed { get; set; }
    public long TotalCancelled { get; set; }

    /// <summary>Last certificate id that the expansion has passed; null before its first chunk.</summary>
    public string? ExpansionCursor { get; set; }

    /// <summary>Expansions that failed in a row; at <see cref="IBulkOperation.MaxExpansionAttempts"/> the bulk is failed.</summary>
    public int ExpansionAttempts { get; set; }

    /// <summary>When the expansion that failed is tried again.</summary>
    public DateTimeOffset? NextExpansionAt { get; set; }
    public DateTimeOffset? ExpandedAt { get; set; }
    public DateTimeOffset? CancelRequestedAt { get; set; }
    public string? LastError { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; set; }
    public DateTimeOffset? CompletedAt { get; set; }
}
