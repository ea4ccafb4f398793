using System.Text.RegularExpressions;

namespace Certctl.AcmeService.Validation.Caa;

/// <summary>The value of an issue or issuewild property (RFC 8659 4.2).</summary>
/// <param name="IssuerDomainName">Empty: nobody is authorized.</param>
internal sealed partial record CaaIssueValue(string IssuerDomainName, IReadOnlyList<KeyValuePair<string, string>> Parameters)
{
    private const string AccountUri = "accounturi";
    private const string ValidationMethods = "validationmethods";

    /// <summary>Null when it breaks the grammar: it then authorizes nobody (RFC 8659 4.2), nor can it be told apart from a typing error.</summary>
    public static CaaIssueValue? TryParse(string value)
    {
        var match = Grammar().Match(value);
        if (!match.Success) return null;
        var values = match.Groups["value"].Captures;
        return new CaaIssueValue(match.Groups["issuer"].Value,
            [.. match.Groups["tag"].Captures.Select((tag, i) => KeyValuePair.Create(tag.Value, values[i].Value))]);
    }

    /// <summary>Whether the parameters of RFC 8657 let this account and this method pass. Others are other CAs' to understand.</summary>
    public bool Admits(string accountUrl, string challengeType)
    {
        var accounts = All(AccountUri);
        var methods = All(ValidationMethods);
        // One that stands twice can be satisfied by nobody (RFC 8657 3 and 4).
        return accounts.Count <= 1 && methods.Count <= 1
            && (accounts is not [var account] || account == accountUrl)
            && (methods is not [var list] || list.Split(',').Contains(challengeType, StringComparer.Ordinal));
    }

    private List<string> All(string tag) =>
        [.. Parameters.Where(p => p.Key.Equals(tag, StringComparison.OrdinalIgnoreCase)).Select(p => p.Value)];

    // Linear: no part can match where its neighbour does. Values hold what is printable but for the semicolon.
    [GeneratedRegex("""
        ^[ \t]*
        (?<issuer>[A-Za-z0-9]+(-+[A-Za-z0-9]+)*(\.[A-Za-z0-9]+(-+[A-Za-z0-9]+)*)*)?
        [ \t]*
        (;[ \t]*
          (?<tag>[A-Za-z0-9]+(-+[A-Za-z0-9]+)*)[ \t]*=[ \t]*(?<value>[!-:<-~]*)[ \t]*
          (;[ \t]*(?<tag>[A-Za-z0-9]+(-+[A-Za-z0-9]+)*)[ \t]*=[ \t]*(?<value>[!-:<-~]*)[ \t]*)*
        |;[ \t]*)?
        \z
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Grammar();
}
