namespace Certctl.Core.Domain.Renewals;

/// <summary>When a certificate is renewed and how a failure is tried again.</summary>
public sealed class RenewalPolicy
{
    public required string Id { get; init; }
    public required string Name { get; set; }

    /// <summary>Days before expiry at which the renewal scan takes a certificate, 1 to 365.</summary>
    public int RenewalWindowDays { get; set; } = 30;

    /// <summary>Whether the renewal scan takes its certificates at all.</summary>
    public bool AutoRenew { get; set; } = true;

    /// <summary>Retries after the first attempt, 0 to 10.</summary>
    public int MaxRetries { get; set; } = 3;

    /// <summary>Wait before the first retry, in seconds, 60 to 86400; it doubles with each further one.</summary>
    public int RetryIntervalSeconds { get; set; } = 3600;
    public int[] AlertThresholdsDays { get; set; } = [30, 14, 7, 0];
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>PostgreSQL's xmin: the ETag.</summary>
    public uint RowVersion { get; init; }
}
