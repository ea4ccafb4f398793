using Certctl.Core.Hosting.Settings;

namespace Certctl.AcmeService.GarbageCollection;

/// <summary>When what has run out is swept up, and how long what has ended is kept.</summary>
public sealed record GarbageCollectionSettings
{
    [Setting("CERTCTL_ACME_SERVER_GC_INTERVAL", "How often used nonces, authorizations and orders whose time is over are swept; 0 removes the jobs.", Min = 0, Max = 86400)]
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    [Setting("CERTCTL_ACME_SERVER_RETENTION", "How long orders that have ended are kept, with their authorizations and challenges.", Min = 86400, Max = 315360000)]
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(90);
}
