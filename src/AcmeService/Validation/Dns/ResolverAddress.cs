using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Certctl.Core.Hosting.Settings;

namespace Certctl.AcmeService.Validation.Dns;

/// <summary>The one resolver that validation asks.</summary>
internal static class ResolverAddress
{
    private const string Variable = "CERTCTL_ACME_SERVER_DNS01_RESOLVER";

    /// <summary>
    /// Reads <c>host:port</c>, an IPv6 address in brackets. A name is looked up here, once, by the system: the resolver cannot
    /// be asked for its own address.
    /// </summary>
    /// <exception cref="SettingsException">Not host:port, or a host that the system does not know.</exception>
    public static IPEndPoint Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? "" : text[..colon];
        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535
            || Uri.CheckHostName(host) == UriHostNameType.Unknown || (host.Contains(':') && host[0] != '['))
            throw Refused(text, "it must be host:port, such as 8.8.8.8:53 or [2001:4860:4860::8888]:53");
        if (IPAddress.TryParse(host, out var address)) return new IPEndPoint(address, port);
        try
        {
            return System.Net.Dns.GetHostAddresses(host) is [var first, ..] ? new IPEndPoint(first, port) : throw Refused(text, "its host has no address");
        }
        catch (SocketException)
        {
            throw Refused(text, "its host cannot be looked up");
        }
    }

    private static SettingsException Refused(string text, string why) => new([$"{Variable}={text} is refused: {why}."]);
}
