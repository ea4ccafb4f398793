namespace Certctl.Core.Domain.Certificates;

/// <summary>A revoked serial: what CRL and OCSP are made from.</summary>
public sealed class CertificateRevocation
{
    public long Id { get; init; }
    public required string CertificateId { get; init; }
    public required string IssuerId { get; init; }
    public required string SerialNumber { get; init; }

    /// <summary>RFC 5280 5.3.1 reason, by name.</summary>
    public required string Reason { get; init; }
    public required string RevokedBy { get; init; }
    public DateTimeOffset RevokedAt { get; init; }

    /// <summary>The revoked certificate's notAfter: an entry may leave the CRL after it (RFC 5280 3.3).</summary>
    public DateTimeOffset NotAfter { get; init; }
}
