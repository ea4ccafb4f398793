using System.ComponentModel;
using Certctl.Api.Json;
using Certctl.Core.Domain.Profiles;

namespace Certctl.Api.Profiles;

/// <summary>A profile as the API shows it.</summary>
public sealed record ProfileView(
    string Id, string Name, string? Description, string IssuerId, bool Enabled, IReadOnlyList<string> AllowedKeyAlgorithms, int MaxTtlSeconds,
    IReadOnlyList<string> AllowedEkus, IReadOnlyList<string> AllowedDomains, bool AllowWildcards, bool AllowIpAddresses, bool RequiresApproval,
    string AcmeAuthMode, bool AcmeEabRequired, bool AcmeRateLimited, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static ProfileView Of(CertificateProfile p) => new(
        p.Id, p.Name, p.Description, p.IssuerId, p.Enabled, p.AllowedKeyAlgorithms, p.MaxTtlSeconds, p.AllowedEkus, p.AllowedDomains,
        p.AllowWildcards, p.AllowIpAddresses, p.RequiresApproval, p.AcmeAuthMode, p.AcmeEabRequired, p.AcmeRateLimited, p.CreatedAt, p.UpdatedAt);
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
}

/// <summary>A new profile. Its issuer is for good: certificates are bound to both.</summary>
public sealed record CreateProfile : ChangeProfile
{
    public string? IssuerId { get; init; }
}
