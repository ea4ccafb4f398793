using System.ComponentModel;
using Certctl.Api.Acme;
using Certctl.Api.Json;
using Certctl.Core.Domain.Acme;
using Certctl.Core.Domain.Profiles;

namespace Certctl.Api.Profiles;

/// <summary>A profile as the API shows it.</summary>
public sealed record ProfileView(
    string Id, string Name, string? Description, string IssuerId, bool Enabled, IReadOnlyList<string> AllowedKeyAlgorithms, int MaxTtlSeconds,
    IReadOnlyList<string> AllowedEkus, IReadOnlyList<string> AllowedDomains, bool AllowWildcards, bool AllowIpAddresses, bool RequiresApproval,
    string AcmeAuthMode, bool AcmeEabRequired, bool AcmeRateLimited, AcmeLimits AcmeLimits, bool AcmeAllowPrivateAddresses,
    IReadOnlyList<string> AcmeChallengeTypes, IReadOnlyDictionary<string, AcmeVariant> AcmeVariants, string? AcmeOwnerId, string? AcmeTeamId,
    string? AcmeRenewalPolicyId, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static ProfileView Of(CertificateProfile p) => new(
        p.Id, p.Name, p.Description, p.IssuerId, p.Enabled, p.AllowedKeyAlgorithms, p.MaxTtlSeconds, p.AllowedEkus, p.AllowedDomains,
        p.AllowWildcards, p.AllowIpAddresses, p.RequiresApproval, p.AcmeAuthMode, p.AcmeEabRequired, p.AcmeRateLimited,
        p.AcmeLimits, p.AcmeAllowPrivateAddresses, p.AcmeChallengeTypes, p.AcmeVariants, p.AcmeOwnerId, p.AcmeTeamId, p.AcmeRenewalPolicyId,
        p.CreatedAt, p.UpdatedAt);
}

/// <summary>What may be changed of a profile; on creation what is left out gets its default.</summary>
public record ChangeProfile
{
    public Given<string> Name { get; init; }
    public Given<string> Description { get; init; }
    public Given<bool?> Enabled { get; init; }

    [Description("Any of ECDSA-P256, ECDSA-P384, Ed25519, RSA-2048, RSA-3072, RSA-4096; the first is what server-made keys are.")]
    public Given<string?[]> AllowedKeyAlgorithms { get; init; }

    [Description("Lifetime of certificates in seconds, 300 to 315,360,000.")]
    public Given<int?> MaxTtlSeconds { get; init; }

    [Description("Extended key usages by RFC 5280's names: serverAuth, clientAuth, …")]
    public Given<string?[]> AllowedEkus { get; init; }

    [Description("Domains under which names are allowed; empty allows any.")]
    public Given<string?[]> AllowedDomains { get; init; }
    public Given<bool?> AllowWildcards { get; init; }
    public Given<bool?> AllowIpAddresses { get; init; }
    public Given<bool?> RequiresApproval { get; init; }

    [Description("trust_authenticated or challenge.")]
    public Given<string> AcmeAuthMode { get; init; }
    public Given<bool?> AcmeEabRequired { get; init; }
    public Given<bool?> AcmeRateLimited { get; init; }

    [Description("Limits of each account that differ from the configured ones, 0 to 1,000,000. 0: no limit; null: as configured.")]
    public Given<ChangeLimits> AcmeLimits { get; init; }

    [Description("Whether validation may dial private addresses (RFC 1918, CGNAT, ULA).")]
    public Given<bool?> AcmeAllowPrivateAddresses { get; init; }

    [Description("Challenges offered in challenge mode: any of http-01, dns-01, tls-alpn-01.")]
    public Given<string?[]> AcmeChallengeTypes { get; init; }

    [Description("Variants that clients may choose, by name (a-z, 0-9 and -), at most 20; they take the place of those there are.")]
    public Given<Dictionary<string, VariantRequest?>> AcmeVariants { get; init; }

    [Description("Owner of its ACME certificates. Without owner, team and renewal policy the profile has no ACME directory.")]
    public Given<string> AcmeOwnerId { get; init; }
    public Given<string> AcmeTeamId { get; init; }
    public Given<string> AcmeRenewalPolicyId { get; init; }
}

/// <summary>A variant of a profile (draft-ietf-acme-profiles).</summary>
public sealed record VariantRequest
{
    [Description("A sentence, or a URL, for people: the directory shows it.")]
    public string? Description { get; init; }

    [Description("Lifetime of its certificates in seconds, 300 to the profile's.")]
    public int? MaxTtlSeconds { get; init; }
}

/// <summary>A new profile. Its issuer is for good: certificates are bound to both.</summary>
public sealed record CreateProfile : ChangeProfile
{
    public string? IssuerId { get; init; }
}
