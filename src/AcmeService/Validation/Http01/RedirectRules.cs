using System.Net;
using Certctl.Core.Domain.Names;

namespace Certctl.AcmeService.Validation.Http01;

/// <summary>Which redirects http-01 follows (RFC 8555 8.3, 10.4): those that stay with HTTP on its own ports.</summary>
internal static class RedirectRules
{
    /// <summary>Most redirects that one validation follows.</summary>
    public const int MaxCount = 10;

    /// <summary>Longest URL in characters.</summary>
    public const int MaxUrlLength = 2000;

    public static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;

    /// <summary>Gives the URL to go to, or the problem as the rest of a sentence that begins with the redirect.</summary>
    /// <param name="from">The URL that answered.</param>
    /// <param name="location">The Location field as it came, or null.</param>
    /// <param name="testPorts">Ports allowed besides 80 and 443.</param>
    public static (Uri? Next, string? Problem) Follow(Uri from, string? location, params ReadOnlySpan<int> testPorts)
    {
        if (string.IsNullOrEmpty(location)) return (null, "has no Location");
        if (location.Length > MaxUrlLength) return (null, $"goes to a URL longer than {MaxUrlLength} characters");
        if (!Uri.TryCreate(from, location, out var next)) return (null, "goes to what is not a URL");
        if (next.Scheme != Uri.UriSchemeHttp && next.Scheme != Uri.UriSchemeHttps) return (null, "goes to a scheme other than http and https");
        if (next.AbsoluteUri.Length > MaxUrlLength) return (null, $"goes to a URL longer than {MaxUrlLength} characters");
        if (next.UserInfo.Length > 0) return (null, "goes to a URL with credentials in it");
        if (next.Port is not (80 or 443) && !testPorts.Contains(next.Port)) return (null, $"goes to port {next.Port}; only 80 and 443 are allowed");
        return IsHost(HostOf(next)) ? (next, null) : (null, "goes to a host that is neither a DNS name nor an IP address");
    }

    /// <summary>The host as it is looked up or dialled: IPv6 without brackets, names in ASCII.</summary>
    public static string HostOf(Uri url) => url.HostNameType == UriHostNameType.IPv6 ? url.Host.Trim('[', ']') : url.IdnHost;

    private static bool IsHost(string host) =>
        IPAddress.TryParse(host, out _) || (DnsName.TryNormalize(host, out var name, out _) && name[0] != '*');
}
