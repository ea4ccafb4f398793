namespace Certctl.Core.Domain.Issuers;

/// <summary>The newest CRL of an issuer, shared by every replica so that CRL numbers only rise (RFC 5280 5.2.3).</summary>
public sealed class CachedCrl
{
    public required string IssuerId { get; init; }
    public long CrlNumber { get; set; }
    public required byte[] Der { get; set; }

    /// <summary>How many revocations of the issuer it was made from: a different count means that it is stale.</summary>
    public long RevocationCount { get; set; }
    public DateTimeOffset ThisUpdate { get; set; }
    public DateTimeOffset NextUpdate { get; set; }
}
