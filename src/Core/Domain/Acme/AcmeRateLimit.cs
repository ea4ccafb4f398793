namespace Certctl.Core.Domain.Acme;

/// <summary>A bucket of a fleet-wide limit, kept by GCRA: one instant says it all. A bucket that is full again has no row.</summary>
public sealed class AcmeRateLimit
{
    /// <summary>Action and key, such as <c>new-order:acme-acc-…</c>.</summary>
    public required string Key { get; init; }

    /// <summary>When the bucket is full again (GCRA's theoretical arrival time).</summary>
    public DateTimeOffset FullAt { get; set; }
}
