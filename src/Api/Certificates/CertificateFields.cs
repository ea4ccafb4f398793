using Certctl.Api.Problems;
using Certctl.Core.Domain.Certificates;
using Certctl.Core.Domain.Names;

namespace Certctl.Api.Certificates;

/// <summary>What the fields of a certificate may hold, whatever they refer to.</summary>
internal static class CertificateFields
{
    public const int MaxName = 255;
    public const int MaxEnvironment = 50;
    private const int MaxTags = 50;
    private const int MaxTagKey = 128;
    private const int MaxTagValue = 256;

    public static void CheckTexts(FieldErrors errors, CreateCertificate request)
    {
        errors.Required("name", request.Name, MaxName);
        errors.Required("common_name", request.CommonName, MaxName);
        errors.Required("profile_id", request.ProfileId, 128);
        errors.Required("owner_id", request.OwnerId, 128);
        errors.Required("team_id", request.TeamId, 128);
        errors.Required("renewal_policy_id", request.RenewalPolicyId, 128);
        errors.Optional("environment", request.Environment, MaxEnvironment);
        CheckTags(errors, request.Tags);
    }

    public static void CheckKeyMode(FieldErrors errors, CreateCertificate request)
    {
        errors.Check(request.KeyMode != KeyMode.Agent || request.AgentId is not null, "agent_id", "is required in key mode agent");
        errors.Check(request.KeyMode != KeyMode.Csr || request.CsrPem is not null, "csr_pem", "is required in key mode csr");
        errors.Check(request.KeyMode == KeyMode.Csr || request.CsrPem is null, "csr_pem", "goes with key mode csr only");
    }

    /// <summary>The names asked for; null when one of them is no name.</summary>
    public static CertificateNames? Names(FieldErrors errors, CreateCertificate request)
    {
        var sans = request.Sans ?? [];
        if (sans.Any(s => s is null)) errors.Add("sans", "must hold texts only");
        if (string.IsNullOrWhiteSpace(request.CommonName) || sans.Any(s => s is null)) return null;
        if (CertificateNames.TryParse(request.CommonName, sans!, out var names, out var refused)) return names;
        foreach (var error in refused) errors.Add(FieldOf(request, error.Name), error.Message);
        return null;
    }

    public static string FieldOf(CreateCertificate request, string name) =>
        name == request.CommonName || name == Normalised(request.CommonName!) ? "common_name" : "sans";

    public static string Normalised(string name) => SubjectAltName.TryParse(name, out var parsed, out _) ? parsed.Value : name;

    public static void CheckTags(FieldErrors errors, IReadOnlyDictionary<string, string?>? tags)
    {
        if (tags is null) return;
        errors.Check(tags.Count <= MaxTags, "tags", $"must be at most {MaxTags}");
        errors.Check(tags.All(t => t.Value is not null), "tags", "must be texts");
        errors.Check(tags.All(t => t.Key.Length is >= 1 and <= MaxTagKey), "tags", $"must have keys of 1 to {MaxTagKey} characters");
        errors.Check(tags.All(t => t.Value is null || t.Value.Length <= MaxTagValue), "tags", $"must have values of at most {MaxTagValue} characters");
    }

    public static Dictionary<string, string> Tags(IReadOnlyDictionary<string, string?>? tags) => tags?.ToDictionary(t => t.Key, t => t.Value!) ?? [];
}
