using System.Text.RegularExpressions;
using Certctl.Api.Acme;
using Certctl.Api.Json;
using Certctl.Api.Problems;
using Certctl.Core.Domain.Acme;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Persistence;

namespace Certctl.Api.Profiles;

/// <summary>What the ACME fields of a profile may hold.</summary>
internal static partial class AcmeFields
{
    private const int MaxVariants = 20;
    private const int MaxDescription = 500;

    /// <summary>Puts what is given into the profile.</summary>
    public static void Apply(ChangeProfile request, CertificateProfile profile, FieldErrors errors)
    {
        if (request.AcmeAuthMode.IsGiven) profile.AcmeAuthMode = request.AcmeAuthMode.Value ?? "";
        profile.AcmeEabRequired = errors.Flag("acme_eab_required", request.AcmeEabRequired, profile.AcmeEabRequired);
        profile.AcmeRateLimited = errors.Flag("acme_rate_limited", request.AcmeRateLimited, profile.AcmeRateLimited);
        profile.AcmeLimits = ChangeLimits.Apply(request.AcmeLimits, profile.AcmeLimits, "acme_limits", errors);
        profile.AcmeAllowPrivateAddresses = errors.Flag("acme_allow_private_addresses", request.AcmeAllowPrivateAddresses, profile.AcmeAllowPrivateAddresses);
        profile.AcmeChallengeTypes = errors.Texts("acme_challenge_types", request.AcmeChallengeTypes, profile.AcmeChallengeTypes);
        profile.AcmeVariants = Variants(request.AcmeVariants, profile.AcmeVariants, errors);
        if (request.AcmeOwnerId.IsGiven) profile.AcmeOwnerId = request.AcmeOwnerId.Value;
        if (request.AcmeTeamId.IsGiven) profile.AcmeTeamId = request.AcmeTeamId.Value;
        if (request.AcmeRenewalPolicyId.IsGiven) profile.AcmeRenewalPolicyId = request.AcmeRenewalPolicyId.Value;
    }

    /// <summary>Checks the profile as it has become; its lifetime bounds those of its variants, whichever of the two was changed.</summary>
    public static void Check(CertificateProfile profile, FieldErrors errors)
    {
        errors.Check(profile.AcmeAuthMode is AcmeAuthModes.TrustAuthenticated or AcmeAuthModes.Challenge, "acme_auth_mode", "must be trust_authenticated or challenge");
        errors.Check(profile.AcmeChallengeTypes.Length > 0, "acme_challenge_types", "must hold at least one");
        errors.Check(profile.AcmeChallengeTypes.All(AcmeChallengeTypeNames.All.Contains), "acme_challenge_types",
            $"must be of {string.Join(", ", AcmeChallengeTypeNames.All)}");
        foreach (var (name, variant) in profile.AcmeVariants)
            errors.Range($"acme_variants.{name}.max_ttl_seconds", variant.MaxTtlSeconds, ProfileFields.MinTtl, Math.Max(ProfileFields.MinTtl, profile.MaxTtlSeconds));
    }

    /// <summary>Checks that what is given of owner, team and renewal policy is there.</summary>
    public static async Task CheckReferencesAsync(ChangeProfile request, CertctlDbContext context, FieldErrors errors, CancellationToken cancellationToken)
    {
        var references = new References(context, errors);
        await references.OwnerAsync("acme_owner_id", request.AcmeOwnerId.Value, cancellationToken);
        await references.TeamAsync("acme_team_id", request.AcmeTeamId.Value, cancellationToken);
        await references.RenewalPolicyAsync("acme_renewal_policy_id", request.AcmeRenewalPolicyId.Value, cancellationToken);
    }

    private static Dictionary<string, AcmeVariant> Variants(
        Given<Dictionary<string, VariantRequest?>> given, Dictionary<string, AcmeVariant> current, FieldErrors errors)
    {
        const string field = "acme_variants";
        if (!given.IsGiven) return current;
        var variants = given.Value ?? [];
        errors.Check(variants.Count <= MaxVariants, field, $"must be at most {MaxVariants}");
        errors.Check(variants.Keys.All(VariantName().IsMatch), field, "must have names of 1 to 64 of a-z, 0-9 and -");
        errors.Check(variants.Values.All(v => v is not null), field, "must be objects");
        if (errors.Has(field)) return current;
        foreach (var (name, variant) in variants) errors.Optional($"{field}.{name}.description", variant!.Description, MaxDescription);
        return variants.ToDictionary(v => v.Key, v => new AcmeVariant { Description = v.Value!.Description ?? "", MaxTtlSeconds = v.Value.MaxTtlSeconds ?? 0 });
    }

    [GeneratedRegex(@"\A[a-z0-9-]{1,64}\z")]
    private static partial Regex VariantName();
}
