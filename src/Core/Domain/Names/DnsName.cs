using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Certctl.Core.Domain.Names;

/// <summary>The host name syntax that may enter a certificate: RFC 1123 labels in the preferred form of RFC 5280 4.2.1.6.</summary>
public static class DnsName
{
    /// <summary>Longest name in characters (RFC 1035 2.3.4, without the root's dot).</summary>
    public const int MaxLength = 253;

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary>
    /// Lower-cases and checks a name, wildcard (<c>*.example.com</c>) included.
    /// The error completes a sentence that begins with the name.
    /// </summary>
    public static bool TryNormalize(string text, [NotNullWhen(true)] out string? name, [NotNullWhen(false)] out string? error)
    {
        name = null;
        error = Problem(text);
        if (error is not null) return false;
        name = text.ToLowerInvariant();
        return true;
    }

    /// <summary>True when the normalised name is <paramref name="domain"/> itself or lies below it.</summary>
    public static bool IsWithin(string name, string domain) =>
        domain.Length > 0 && name.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
        && (name.Length == domain.Length || name[name.Length - domain.Length - 1] == '.');

    private static string? Problem(string text)
    {
        if (text.Length == 0) return "is empty";
        if (text.Length > MaxLength) return $"is longer than {MaxLength} characters";
        if (text.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return "has characters outside printable ASCII; write international names as A-labels (xn--…)";
        if (text[^1] == '.') return "must not end with a dot";

        var host = text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text;
        if (host.Contains('*')) return "may have a wildcard only as its whole left-most label";
        // An all-digit last label is read as an IPv4 address by resolvers and browsers (URL standard 3.5).
        if (IPAddress.TryParse(host, out _) || host[(host.LastIndexOf('.') + 1)..].All(char.IsAsciiDigit))
            return "is an IP address or looks like one, not a DNS name";

        foreach (var label in host.Split('.'))
            if (LabelProblem(label) is { } problem) return problem;
        return null;
    }

    private static string? LabelProblem(string label)
    {
        if (label.Length == 0) return "has an empty label";
        if (label.Length > 63) return "has a label longer than 63 characters";
        if (!label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            return "may have only letters, digits and hyphens in its labels";
        if (label[0] == '-' || label[^1] == '-') return "has a label that begins or ends with a hyphen";
        if (label.Length < 4 || label[2] != '-' || label[3] != '-') return null;
        return IsALabel(label) ? null : "has a label with hyphens in places three and four that is not a valid A-label (RFC 5891)";
    }

    private static bool IsALabel(string label)
    {
        if (!label.StartsWith("xn--", StringComparison.OrdinalIgnoreCase)) return false;
        try
        {
            // Decoding alone takes more than encoding gives: only what comes back the same is an A-label.
            var unicode = Idn.GetUnicode(label.ToLowerInvariant());
            return unicode.Any(c => !char.IsAscii(c)) && !unicode.Any(char.IsControl)
                && Idn.GetAscii(unicode).Equals(label, StringComparison.OrdinalIgnoreCase);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
