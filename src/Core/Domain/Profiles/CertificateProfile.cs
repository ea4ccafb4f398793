using Certctl.Core.Domain.Acme;

namespace Certctl.Core.Domain.Profiles;

/// <summary>What may be issued: the issuer, the keys, the names and the lifetime.</summary>
public sealed class CertificateProfile
{
    public required string Id { get; init; }
    public required string Name { get; set; }
    public string? Description { get; set; }
    public required string IssuerId { get; set; }
    public bool Enabled { get; set; } = true;

    /// <summary>Subject keys that may be certified, by <see cref="KeyAlgorithms"/>; the first is what a server-made key gets.</summary>
    public string[] AllowedKeyAlgorithms { get; set; } = [KeyAlgorithms.EcdsaP256];

    /// <summary>Lifetime of a certificate, in seconds.</summary>
    public int MaxTtlSeconds { get; set; }

    /// <summary>Extended key usages by name: serverAuth, clientAuth, …</summary>
    public string[] AllowedEkus { get; set; } = ["serverAuth"];

    /// <summary>Domains under which dns names are allowed; empty allows any.</summary>
    public string[] AllowedDomains { get; set; } = [];
    public bool AllowWildcards { get; set; } = true;
    public bool AllowIpAddresses { get; set; }

    /// <summary>A renewal waits for the approval of somebody other than its requester.</summary>
    public bool RequiresApproval { get; set; }

    /// <summary>trust_authenticated or challenge.</summary>
    public string AcmeAuthMode { get; set; } = AcmeAuthModes.TrustAuthenticated;
    public bool AcmeEabRequired { get; set; }

    /// <summary>Whether the per-account limits of the ACME server apply.</summary>
    public bool AcmeRateLimited { get; set; } = true;

    /// <summary>Limits that differ from the configured ones.</summary>
    public AcmeLimits AcmeLimits { get; set; } = new();

    /// <summary>Whether validation may dial private addresses (RFC 1918, CGNAT, ULA).</summary>
    public bool AcmeAllowPrivateAddresses { get; set; }

    /// <summary>Challenge types offered in challenge mode, where the identifier allows them.</summary>
    public string[] AcmeChallengeTypes { get; set; } = [.. AcmeChallengeTypeNames.All];

    /// <summary>Variants by name, for clients that choose (draft-ietf-acme-profiles); empty: there is nothing to choose.</summary>
    public Dictionary<string, AcmeVariant> AcmeVariants { get; set; } = [];

    /// <summary>What its ACME certificates get: without all three the profile has no ACME directory.</summary>
    public string? AcmeOwnerId { get; set; }
    public string? AcmeTeamId { get; set; }
    public string? AcmeRenewalPolicyId { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>PostgreSQL's xmin: the ETag.</summary>
    public uint RowVersion { get; init; }
}

/// <summary>The challenge types that are served.</summary>
public static class AcmeChallengeTypeNames
{
    public const string Http01 = "http-01";
    public const string Dns01 = "dns-01";
    public const string TlsAlpn01 = "tls-alpn-01";

    public static readonly IReadOnlyList<string> All = [Http01, Dns01, TlsAlpn01];
}

/// <summary>How an ACME account proves that it may have a name.</summary>
public static class AcmeAuthModes
{
    public const string TrustAuthenticated = "trust_authenticated";
    public const string Challenge = "challenge";
}
