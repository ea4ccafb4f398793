namespace Certctl.AcmeService.Validation.Caa;

/// <summary>What is to be issued, as far as CAA asks.</summary>
/// <param name="IssuerDomainNames">The names of this CA in CAA records.</param>
/// <param name="AccountUrl">RFC 8657 3.</param>
/// <param name="ChallengeType">RFC 8657 4.</param>
internal sealed record CaaQuestion(IReadOnlyList<string> IssuerDomainNames, bool Wildcard, string AccountUrl, string ChallengeType);

/// <summary>The verdict on a relevant resource record set (RFC 8659 3 to 4, RFC 8657).</summary>
internal static class CaaPolicy
{
    private const string Issue = "issue";
    private const string IssueWild = "issuewild";

    // Besides issue and issuewild these are understood: they restrict no TLS certificate (RFC 8659 4.4, RFC 9495, CA/B BR A.1).
    private static readonly string[] WithoutEffect = ["iodef", "issuemail", "contactemail", "contactphone"];

    /// <summary>Null when issuance is allowed; else why not, as the rest of a sentence that begins with the CAA records.</summary>
    public static string? Refusal(IReadOnlyList<CaaProperty> records, CaaQuestion question)
    {
        if (records.Any(r => r.IsCritical && !r.Is(Issue) && !r.Is(IssueWild) && !WithoutEffect.Any(r.Is)))
            return "have a critical property that is not understood here";
        // Wildcards fall back on issue where there is no issuewild (RFC 8659 4.3); other names ignore issuewild.
        var tag = question.Wildcard && records.Any(r => r.Is(IssueWild)) ? IssueWild : Issue;
        List<CaaProperty> restrictions = [.. records.Where(r => r.Is(tag))];
        if (restrictions.Count == 0) return null;

        List<CaaIssueValue> ours = [.. restrictions.Select(r => CaaIssueValue.TryParse(r.Value)).OfType<CaaIssueValue>()
            .Where(v => question.IssuerDomainNames.Contains(v.IssuerDomainName, StringComparer.OrdinalIgnoreCase))];
        if (ours.Count == 0) return $"name no {tag} property for {string.Join(" or ", question.IssuerDomainNames)}";
        return ours.Any(v => v.Admits(question.AccountUrl, question.ChallengeType))
            ? null
            : $"allow this CA, but not this account or not validation by {question.ChallengeType}";
    }
}
