using Certctl.Api.Problems;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Pki;

namespace Certctl.Api.Profiles;

/// <summary>What the fields of a profile may hold; <see cref="AcmeFields"/> has those of ACME.</summary>
internal static class ProfileFields
{
    /// <summary>Shortest lifetime of a certificate, in seconds.</summary>
    public const int MinTtl = 300;
    private const int MaxTtl = 10 * 365 * 86_400;

    /// <summary>Puts what is given into the profile, then checks the whole.</summary>
    public static void Apply(ChangeProfile request, CertificateProfile profile, FieldErrors errors)
    {
        if (request.Name.IsGiven) profile.Name = request.Name.Value ?? "";
        if (request.Description.IsGiven) profile.Description = request.Description.Value;
        profile.Enabled = errors.Flag("enabled", request.Enabled, profile.Enabled);
        profile.AllowedKeyAlgorithms = errors.Texts("allowed_key_algorithms", request.AllowedKeyAlgorithms, profile.AllowedKeyAlgorithms);
        if (request.MaxTtlSeconds.IsGiven) profile.MaxTtlSeconds = request.MaxTtlSeconds.Value ?? 0;
        profile.AllowedEkus = errors.Texts("allowed_ekus", request.AllowedEkus, profile.AllowedEkus);
        profile.AllowedDomains = errors.Domains("allowed_domains", errors.Texts("allowed_domains", request.AllowedDomains, profile.AllowedDomains));
        profile.AllowWildcards = errors.Flag("allow_wildcards", request.AllowWildcards, profile.AllowWildcards);
        profile.AllowIpAddresses = errors.Flag("allow_ip_addresses", request.AllowIpAddresses, profile.AllowIpAddresses);
        profile.RequiresApproval = errors.Flag("requires_approval", request.RequiresApproval, profile.RequiresApproval);
        AcmeFields.Apply(request, profile, errors);
        Check(profile, errors);
        AcmeFields.Check(profile, errors);
    }

    private static void Check(CertificateProfile profile, FieldErrors errors)
    {
        errors.Required("name", profile.Name, 255);
        errors.Optional("description", profile.Description, 2000);
        errors.Range("max_ttl_seconds", profile.MaxTtlSeconds, MinTtl, MaxTtl);
        errors.Check(profile.AllowedKeyAlgorithms.Length > 0, "allowed_key_algorithms", "must hold at least one");
        errors.Check(profile.AllowedKeyAlgorithms.All(KeyAlgorithms.All.Contains), "allowed_key_algorithms", $"must be of {string.Join(", ", KeyAlgorithms.All)}");
        errors.Check(profile.AllowedEkus.Length > 0, "allowed_ekus", "must hold at least one");
        errors.Check(profile.AllowedEkus.All(ExtendedKeyUsages.Names.Contains), "allowed_ekus", $"must be of {string.Join(", ", ExtendedKeyUsages.Names)}");
    }
}
