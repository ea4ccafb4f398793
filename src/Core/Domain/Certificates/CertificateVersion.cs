namespace Certctl.Core.Domain.Certificates;

/// <summary>One issued X.509 certificate.</summary>
public sealed class CertificateVersion
{
    public required string Id { get; init; }
    public required string CertificateId { get; init; }
    public required string IssuerId { get; init; }

    /// <summary>Lower-case hex without leading zeros.</summary>
    public required string SerialNumber { get; init; }
    public DateTimeOffset NotBefore { get; init; }
    public DateTimeOffset NotAfter { get; init; }
    public required string FingerprintSha256 { get; init; }

    /// <summary>PEM: leaf first, then the issuing CA.</summary>
    public required string PemChain { get; init; }
    public string? CsrPem { get; init; }
    public required string KeyAlgorithm { get; init; }
    public int KeySize { get; init; }
    public string? RenewalId { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}
