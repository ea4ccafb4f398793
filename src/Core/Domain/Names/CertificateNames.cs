using System.Diagnostics.CodeAnalysis;

namespace Certctl.Core.Domain.Names;

/// <summary>A name that was refused, as it was given, and a sentence that says why.</summary>
public sealed record NameError(string Name, string Message);

/// <summary>
/// What a certificate is for: an optional common name and every subject alternative name, the common name among them
/// (clients look at the alternative names only, RFC 9525 2).
/// </summary>
public sealed record CertificateNames
{
    /// <summary>Most names that one certificate may have.</summary>
    public const int MaxCount = 100;

    /// <summary>Longest common name in characters (RFC 5280 appendix A, ub-common-name).</summary>
    public const int MaxCommonNameLength = 64;

    private CertificateNames(string? commonName, IReadOnlyList<SubjectAltName> all) => (CommonName, All) = (commonName, all);

    /// <summary>Null when none was asked for or when it is longer than X.509 allows; it is then among <see cref="All"/> still.</summary>
    public string? CommonName { get; }

    /// <summary>Distinct names in the order given, the common name first; never empty.</summary>
    public IReadOnlyList<SubjectAltName> All { get; }

    /// <summary>Parses the names of a request. All that is wrong is reported, not the first only.</summary>
    public static bool TryParse(
        string? commonName, IEnumerable<string> sans,
        [NotNullWhen(true)] out CertificateNames? names, out IReadOnlyList<NameError> errors)
    {
        var refused = new List<NameError>();
        var all = new List<SubjectAltName>();
        SubjectAltName? common = null;
        foreach (var text in string.IsNullOrEmpty(commonName) ? sans : sans.Prepend(commonName))
        {
            if (all.Count + refused.Count > MaxCount) break;
            if (!SubjectAltName.TryParse(text, out var name, out var error)) refused.Add(new NameError(text, error));
            else if (!all.Contains(name)) all.Add(name);
            if (ReferenceEquals(text, commonName)) common ??= name;
        }

        if (all.Count + refused.Count == 0) refused.Add(new NameError("", "a certificate needs at least one name"));
        if (all.Count + refused.Count > MaxCount) refused.Add(new NameError("", $"a certificate may have at most {MaxCount} names"));
        errors = refused;
        names = refused.Count == 0 ? new CertificateNames(Fitting(common), all) : null;
        return names is not null;
    }

    /// <summary>The names of a request that were parsed before; <paramref name="commonName"/> is one of them or null.</summary>
    public static CertificateNames Of(SubjectAltName? commonName, IEnumerable<SubjectAltName> names)
    {
        var all = (commonName is null ? names : names.Prepend(commonName)).Distinct().ToList();
        if (all.Count is 0 or > MaxCount) throw new ArgumentException($"1 to {MaxCount} names", nameof(names));
        return new CertificateNames(Fitting(commonName), all);
    }

    private static string? Fitting(SubjectAltName? common) =>
        common?.Value.Length <= MaxCommonNameLength ? common.Value : null;
}
