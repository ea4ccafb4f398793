namespace Certctl.Core.Domain.Renewals;

/// <summary>A worker's claim on the renewals that it took together. Whoever finds it run out takes them back. One row for all of
/// them, so that neither taking nor extending it touches an index of renewals.</summary>
public sealed class RenewalLease
{
    public Guid Token { get; init; }
    public required string[] RenewalIds { get; init; }

    /// <summary>On the database's clock.</summary>
    public DateTimeOffset ExpiresAt { get; set; }
}
