using Certctl.Core.Hosting.Settings;

namespace Certctl.Core.Renewals;

public sealed record RenewalSettings
{
    [Setting("CERTCTL_RENEWAL_MIN_INTERVAL", "A bulk skips a certificate that was renewed within this, unless it is forced.", Min = 0)]
    public TimeSpan MinInterval { get; init; } = TimeSpan.FromHours(1);

    [Setting("CERTCTL_SCHEDULER_RENEWAL_CHECK_INTERVAL", "How often the renewal scan looks for due certificates.", Min = 1, Max = 86400)]
    public TimeSpan ScanInterval { get; init; } = TimeSpan.FromHours(1);

    [Setting("CERTCTL_RENEWAL_SCAN_JITTER", "The scan spreads what it enqueues over at most this, so that a fleet does not renew at one instant.", Min = 0, Max = 86400)]
    public TimeSpan ScanJitter { get; init; } = TimeSpan.FromMinutes(10);

    [Setting("CERTCTL_JOB_AWAITING_CSR_TIMEOUT", "A renewal that waits for an agent's CSR fails after this.", Min = 1)]
    public TimeSpan AwaitingCsrTimeout { get; init; } = TimeSpan.FromHours(24);

    [Setting("CERTCTL_JOB_AWAITING_APPROVAL_TIMEOUT", "A renewal that waits for approval fails after this.", Min = 1)]
    public TimeSpan AwaitingApprovalTimeout { get; init; } = TimeSpan.FromHours(168);

    [Setting("CERTCTL_RENEWAL_CONCURRENCY", "Chunks of renewals that one worker has in hand at once.", Min = 1, Max = 64)]
    public int Concurrency { get; init; } = 3;

    [Setting("CERTCTL_RENEWAL_RETENTION", "How long renewals that have ended are kept.", Min = 3600)]
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Renewals in one message.</summary>
    public const int ChunkSize = 250;

    /// <summary>How long a worker's claim on a renewal stands unless it is extended.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    /// <summary>How long a message is trusted to be on its way before the sweep publishes pending work again.</summary>
    public static readonly TimeSpan PublishGrace = TimeSpan.FromSeconds(30);
}
