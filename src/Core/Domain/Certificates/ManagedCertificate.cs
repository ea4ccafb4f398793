namespace Certctl.Core.Domain.Certificates;

/// <summary>A certificate that certctl keeps alive: an identity with a sequence of versions.</summary>
public sealed class ManagedCertificate
{
    public required string Id { get; init; }
    public required string Name { get; set; }
    public required string CommonName { get; init; }
    public string[] Sans { get; init; } = [];
    public string? Environment { get; set; }
    public required string OwnerId { get; set; }
    public required string TeamId { get; set; }
    public required string IssuerId { get; init; }
    public required string RenewalPolicyId { get; set; }
    public required string CertificateProfileId { get; init; }
    public string? AgentId { get; set; }
    public CertificateStatus Status { get; set; }

    /// <summary>Null until the first version exists.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }
    public Dictionary<string, string> Tags { get; set; } = [];
    public KeyMode KeyMode { get; init; }

    /// <summary>In key mode csr: the PKCS#10 that is signed again at each renewal.</summary>
    public string? CsrPem { get; set; }
    public DateTimeOffset? LastRenewalAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }
    public string? RevocationReason { get; set; }

    /// <summary>Empty, or "ACME" for a certificate that its ACME client renews.</summary>
    public string Source { get; init; } = "";

    /// <summary>The ACME account that it belongs to.</summary>
    public string? AcmeAccountId { get; init; }

    /// <summary>When an operator asked for its early replacement: versions issued before have their ARI window in the past.</summary>
    public DateTimeOffset? ReplacementAnnouncedAt { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>PostgreSQL's xmin: the ETag, and what If-Match is compared with.</summary>
    public uint RowVersion { get; init; }
}

/// <summary>The states of a managed certificate, spelled as in the database and the REST API.</summary>
public enum CertificateStatus { Pending, Active, Expired, RenewalInProgress, Failed, Revoked, Archived }

/// <summary>Who makes the private key: certctl, the requester (one CSR, signed again), or the agent (a CSR each time).</summary>
public enum KeyMode { Server, Csr, Agent }

public static class CertificateSources
{
    public const string Acme = "ACME";
}
