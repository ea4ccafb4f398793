using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Certctl.Core.Domain.Names;

/// <summary>The subject alternative name types that certctl issues (RFC 5280 4.2.1.6).</summary>
public enum SanType { Dns, Ip, Email, Uri }

/// <summary>
/// A name as it stands in a certificate. Only <see cref="TryParse(SanType,string,out SubjectAltName,out string)"/> makes one,
/// so that whoever holds one holds a valid, normalised name.
/// </summary>
public sealed record SubjectAltName
{
    private const int MaxUriLength = 2048;
    private static readonly SearchValues<char> NotInDotString = SearchValues.Create("\"(),:;<>[\\]");

    private SubjectAltName(SanType type, string value) => (Type, Value) = (type, value);

    public SanType Type { get; }

    /// <summary>Normalised text: lower case DNS name, canonical IP address, e-mail with lower case domain, URI as given.</summary>
    public string Value { get; }

    public override string ToString() => Value;

    /// <summary>Parses a name whose type is told by its form, as in the API's <c>sans</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out SubjectAltName? name, [NotNullWhen(false)] out string? error) =>
        TryParse(GuessType(text), text, out name, out error);

    /// <summary>Parses a name of a known type. The error names the value and what is wrong with it.</summary>
    public static bool TryParse(
        SanType type, string text, [NotNullWhen(true)] out SubjectAltName? name, [NotNullWhen(false)] out string? error)
    {
        var (value, problem) = type switch
        {
            SanType.Dns => DnsName.TryNormalize(text, out var dns, out var dnsProblem) ? (dns, null) : (null, dnsProblem),
            SanType.Ip => Ip(text),
            SanType.Email => Email(text),
            _ => Uri(text),
        };
        name = value is null ? null : new SubjectAltName(type, value);
        error = name is null ? $"'{Printable(text)}' {problem}" : null;
        return name is not null;
    }

    /// <summary>The address with the given bytes (4 or 16), or null.</summary>
    public static SubjectAltName? FromAddress(ReadOnlySpan<byte> bytes) =>
        bytes.Length is 4 or 16 && TryParse(SanType.Ip, new IPAddress(bytes).ToString(), out var name, out _) ? name : null;

    private static SanType GuessType(string text) =>
        text.Contains("://", StringComparison.Ordinal) || text.StartsWith("urn:", StringComparison.OrdinalIgnoreCase) ? SanType.Uri
        : text.Contains('@') ? SanType.Email
        : IPAddress.TryParse(text, out _) && text.AsSpan().ContainsAny('.', ':') ? SanType.Ip
        : SanType.Dns;

    private static (string?, string?) Ip(string text)
    {
        // IPAddress reads more than addresses in their usual form: octal and short IPv4, brackets, ports, scopes.
        if (!IPAddress.TryParse(text, out var address) || text.AsSpan().ContainsAny("[]%/"))
            return (null, "is not an IP address");
        var canonical = address.ToString();
        if (address.AddressFamily == AddressFamily.InterNetwork && canonical != text)
            return (null, "is not an IPv4 address of four decimal numbers");
        return address.IsIPv4MappedToIPv6 ? (null, "is an IPv4-mapped IPv6 address; write it as IPv4") : (canonical, null);
    }

    private static (string?, string?) Email(string text)
    {
        var at = text.IndexOf('@');
        if (at is < 1 or > 64 || text.AsSpan(0, at).ContainsAnyExceptInRange('!', '~') || text.AsSpan(0, at).ContainsAny(NotInDotString))
            return (null, "is not an e-mail address (RFC 5321 dot-string@domain)");
        if (!DnsName.TryNormalize(text[(at + 1)..], out var domain, out var problem)) return (null, $"has a domain that {problem}");
        return domain[0] == '*' ? (null, "has a wildcard in its domain") : ($"{text[..at]}@{domain}", null);
    }

    private static (string?, string?) Uri(string text)
    {
        if (text.Length > MaxUriLength) return (null, $"is longer than {MaxUriLength} characters");
        var scheme = text.IndexOf(':');
        // System.Uri takes a rooted Unix path for absolute: the scheme must be written.
        return scheme > 0 && System.Uri.CheckSchemeName(text[..scheme]) && !text.AsSpan().ContainsAnyExceptInRange('!', '~')
            && System.Uri.TryCreate(text, UriKind.Absolute, out _)
            ? (text, null)
            : (null, "is not an absolute URI in ASCII");
    }

    /// <summary>Untrusted text fit for a message: bounded, without control characters.</summary>
    internal static string Printable(string text)
    {
        var start = text.Length > 100 ? text[..100] + "…" : text;
        return string.Concat(start.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
    }
}
