using Certctl.Core.Domain.Profiles;

namespace Certctl.Core.Domain.Names;

/// <summary>
/// The names a profile lets into its certificates. <see cref="AllowedDomains"/> bind DNS names, e-mail domains and URI hosts:
/// each must be one of the domains or lie below one; an empty list allows any.
/// </summary>
public sealed record NamePolicy(
    IReadOnlyList<string> AllowedDomains,
    bool AllowWildcards = true,
    bool AllowIpAddresses = false,
    bool AllowEmails = false,
    bool AllowUris = false)
{
    public static NamePolicy Of(CertificateProfile profile) =>
        new(profile.AllowedDomains, profile.AllowWildcards, profile.AllowIpAddresses);

    /// <summary>One error for each name that the policy refuses; empty when all pass.</summary>
    public IReadOnlyList<NameError> Check(IEnumerable<SubjectAltName> names) =>
        [.. from name in names let problem = Problem(name) where problem is not null select new NameError(name.Value, $"'{name}' {problem}")];

    private string? Problem(SubjectAltName name) => name.Type switch
    {
        SanType.Dns => DnsProblem(name.Value),
        SanType.Ip => AllowIpAddresses ? null : "is an IP address, which the profile does not allow",
        SanType.Email => AllowEmails
            ? DomainProblem(name.Value[(name.Value.IndexOf('@') + 1)..])
            : "is an e-mail address, which the profile does not allow",
        _ => AllowUris ? DomainProblem(new Uri(name.Value).Host) : "is a URI, which the profile does not allow",
    };

    private string? DnsProblem(string name)
    {
        if (!name.StartsWith("*.", StringComparison.Ordinal)) return DomainProblem(name);
        return AllowWildcards ? DomainProblem(name[2..]) : "is a wildcard, which the profile does not allow";
    }

    private string? DomainProblem(string host) =>
        AllowedDomains.Count == 0 || AllowedDomains.Any(domain => DnsName.IsWithin(host, domain))
            ? null
            : $"is not within the profile's domains ({string.Join(", ", AllowedDomains)})";
}
