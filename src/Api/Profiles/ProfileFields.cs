using Certctl.Api.Json;
using Certctl.Api.Problems;
using Certctl.Core.Domain.Names;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Pki;

namespace Certctl.Api.Profiles;

/// <summary>What the fields of a profile may hold.</summary>
internal static class ProfileFields
{
    private const int MaxDomains = 100;
    private const int MinTtl = 300;
    private const int MaxTtl = 10 * 365 * 86_400;

    /// <summary>Puts what is given into the profile, then checks the whole.</summary>
    public static void Apply(ChangeProfile request, CertificateProfile profile, FieldErrors errors)
    {
        if (request.Name.IsGiven) profile.Name = request.Name.Value ?? "";
        if (request.Description.IsGiven) profile.Description = request.Description.Value;
        profile.Enabled = Flag(request.Enabled, profile.Enabled, "enabled", errors);
        profile.AllowedKeyAlgorithms = Texts(request.AllowedKeyAlgorithms, profile.AllowedKeyAlgorithms, "allowed_key_algorithms", errors);
        if (request.MaxTtlSeconds.IsGiven) profile.MaxTtlSeconds = request.MaxTtlSeconds.Value ?? 0;
        profile.AllowedEkus = Texts(request.AllowedEkus, profile.AllowedEkus, "allowed_ekus", errors);
        profile.AllowedDomains = Domains(Texts(request.AllowedDomains, profile.AllowedDomains, "allowed_domains", errors), errors);
        profile.AllowWildcards = Flag(request.AllowWildcards, profile.AllowWildcards, "allow_wildcards", errors);
        profile.AllowIpAddresses = Flag(request.AllowIpAddresses, profile.AllowIpAddresses, "allow_ip_addresses", errors);
        profile.RequiresApproval = Flag(request.RequiresApproval, profile.RequiresApproval, "requires_approval", errors);
        if (request.AcmeAuthMode.IsGiven) profile.AcmeAuthMode = request.AcmeAuthMode.Value ?? "";
        profile.AcmeEabRequired = Flag(request.AcmeEabRequired, profile.AcmeEabRequired, "acme_eab_required", errors);
        profile.AcmeRateLimited = Flag(request.AcmeRateLimited, profile.AcmeRateLimited, "acme_rate_limited", errors);
        Check(profile, errors);
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
        errors.Check(profile.AcmeAuthMode is AcmeAuthModes.TrustAuthenticated or AcmeAuthModes.Challenge, "acme_auth_mode", "must be trust_authenticated or challenge");
    }

    private static bool Flag(Given<bool?> given, bool current, string field, FieldErrors errors)
    {
        if (given is { IsGiven: true, Value: null }) errors.Add(field, "must be true or false");
        return given.Value ?? current;
    }

    private static string[] Texts(Given<string?[]> given, string[] current, string field, FieldErrors errors)
    {
        if (!given.IsGiven) return current;
        if (given.Value is { } values && values.All(v => v is not null)) return [.. values.Distinct()!];
        errors.Add(field, "must be a list of texts");
        return current;
    }

    private static string[] Domains(string[] domains, FieldErrors errors)
    {
        errors.Check(domains.Length <= MaxDomains, "allowed_domains", $"must be at most {MaxDomains}");
        return [.. domains.Take(MaxDomains).Select(domain =>
        {
            if (DnsName.TryNormalize(domain, out var name, out var error) && name[0] != '*') return name;
            errors.Add("allowed_domains", error ?? $"'{domain}' is a wildcard; a domain allows what lies below it by itself");
            return domain;
        })];
    }
}
