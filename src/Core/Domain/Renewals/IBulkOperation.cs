namespace Certctl.Core.Domain.Renewals;

/// <summary>What bulk renewals and bulk revocations show alike. The first three totals are null until expanded;
/// completed when enqueued = completed + failed + cancelled.</summary>
public interface IBulkOperation
{
    string Id { get; }
    BulkStatus Status { get; }
    CertificateCriteria Criteria { get; }
    string RequestedBy { get; }
    long? TotalMatched { get; }
    long? TotalEnqueued { get; }
    long? TotalSkipped { get; }
    Dictionary<string, long> Skipped { get; }
    long TotalCompleted { get; }
    long TotalFailed { get; }
    long TotalCancelled { get; }
    string? LastError { get; }
    int ExpansionAttempts { get; }
    DateTimeOffset? NextExpansionAt { get; }
    DateTimeOffset CreatedAt { get; }
    DateTimeOffset? StartedAt { get; }
    DateTimeOffset? CompletedAt { get; }

    /// <summary>Expansions that may fail in a row, about 15 seconds with the waits between them and thirteen minutes where they time
    /// out, before a bulk is failed and those after it go on.</summary>
    const int MaxExpansionAttempts = 5;
}

/// <summary>The states of a bulk renewal or revocation.</summary>
public enum BulkStatus { Queued, Running, Completed, Cancelled, Failed }
