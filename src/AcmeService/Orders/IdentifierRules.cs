using Certctl.AcmeService.Protocol;
using Certctl.Core.Domain.Names;
using Certctl.Core.Domain.Profiles;

namespace Certctl.AcmeService.Orders;

/// <summary>Which identifiers a profile and an account may order: syntax, types, the profile's and the external account's
/// domains, and that some challenge can prove them.</summary>
public static class IdentifierRules
{
    /// <summary>Most identifiers in one order.</summary>
    public const int MaxCount = CertificateNames.MaxCount;

    /// <summary>The identifiers normalised and without duplicates, or a problem with one subproblem for each that is refused.</summary>
    public static (IReadOnlyList<SubjectAltName> Names, AcmeProblem? Problem) Check(
        IReadOnlyList<Identifier>? identifiers, CertificateProfile profile, IReadOnlyList<string> allowedDomains)
    {
        if (identifiers is null or { Count: 0 }) return ([], Problems.Malformed("identifiers must hold at least one."));
        if (identifiers.Count > MaxCount) return ([], Problems.Malformed($"An order may have at most {MaxCount} identifiers."));
        var names = new List<SubjectAltName>(identifiers.Count);
        var refused = new List<Subproblem>();
        foreach (var identifier in identifiers)
        {
            if (Parse(identifier, out var name) is { } problem) refused.Add(problem);
            else if (!names.Contains(name!)) names.Add(name!);
        }

        // An address lies below no domain.
        var policies = new[] { NamePolicy.Of(profile), new NamePolicy(allowedDomains, AllowIpAddresses: allowedDomains.Count == 0) };
        foreach (var name in names)
        {
            var error = policies.SelectMany(p => p.Check([name])).FirstOrDefault()?.Message ?? ChallengeProblem(name, profile);
            if (error is not null) refused.Add(new Subproblem("rejectedIdentifier", Sentence(error), IdentifierOf(name)));
        }

        return refused.Count == 0 ? (names, null) : ([], Whole(refused));
    }

    /// <summary>As it stands in an order: wildcards with their <c>*.</c>.</summary>
    public static Identifier IdentifierOf(SubjectAltName name) =>
        new(name.Type == SanType.Ip ? Identifier.Ip : Identifier.Dns, name.Value);

    /// <summary>Challenge types that can prove a name (RFC 8555 7.4.1: wildcards by dns only; RFC 8738 7: no dns for addresses).</summary>
    public static IEnumerable<string> ChallengeTypes(SubjectAltName name, CertificateProfile profile) => profile.AcmeChallengeTypes.Where(type =>
        name.Type == SanType.Ip ? type != AcmeChallengeTypeNames.Dns01
        : !IsWildcard(name) || type == AcmeChallengeTypeNames.Dns01);

    public static bool IsWildcard(SubjectAltName name) => name.Type == SanType.Dns && name.Value.StartsWith("*.", StringComparison.Ordinal);

    private static Subproblem? Parse(Identifier identifier, out SubjectAltName? name)
    {
        name = null;
        SanType? type = identifier.Type switch { Identifier.Dns => SanType.Dns, Identifier.Ip => SanType.Ip, _ => null };
        if (type is null)
            return new Subproblem("unsupportedIdentifier", "Identifiers are of type dns or ip.", Bounded(identifier));
        return SubjectAltName.TryParse(type.Value, identifier.Value, out name, out var error)
            ? null
            : new Subproblem("rejectedIdentifier", Sentence(error), Bounded(identifier));
    }

    private static string? ChallengeProblem(SubjectAltName name, CertificateProfile profile) =>
        profile.AcmeAuthMode == AcmeAuthModes.Challenge && !ChallengeTypes(name, profile).Any()
            ? $"'{name}' cannot be proven: the profile offers {string.Join(", ", profile.AcmeChallengeTypes)}"
            : null;

    private static AcmeProblem Whole(List<Subproblem> refused)
    {
        var detail = refused.Count == 1 ? refused[0].Detail : $"{refused.Count} identifiers are refused; the subproblems say why.";
        return refused.Select(s => s.Type).Distinct().Count() > 1 ? Problems.Compound(detail, refused)
            : refused[0].Type == "unsupportedIdentifier" ? Problems.UnsupportedIdentifier(detail, refused)
            : Problems.RejectedIdentifier(detail, refused);
    }

    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";

    private static Identifier Bounded(Identifier identifier) => new(Cut(identifier.Type), Cut(identifier.Value));

    private static string Cut(string text) => text.Length > 253 ? text[..253] : text;
}
