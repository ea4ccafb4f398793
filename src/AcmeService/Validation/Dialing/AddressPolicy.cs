using System.Net;
using System.Net.Sockets;

namespace Certctl.AcmeService.Validation.Dialing;

/// <summary>What kind of address it is, as far as dialling goes.</summary>
internal enum AddressKind
{
    /// <summary>Globally reachable.</summary>
    Public,

    /// <summary>RFC 1918, shared (RFC 6598) and unique local (RFC 4193): a profile may admit these.</summary>
    Private,

    /// <summary>The host itself: tests may admit it.</summary>
    Loopback,

    /// <summary>Never dialled: link-local, where clouds serve their credentials, and all else of special purpose.</summary>
    Reserved,
}

/// <summary>
/// Which addresses validation may dial, after IANA's special-purpose address registries (RFC 6890): names are the client's to
/// choose, and must not lead into the networks of this server.
/// </summary>
internal static class AddressPolicy
{
    private static readonly IPNetwork[] Private4 = Networks("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16");

    private static readonly IPNetwork[] Reserved4 = Networks(
        "0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4");

    private static readonly IPNetwork Loopback4 = IPNetwork.Parse("127.0.0.0/8");
    private static readonly IPNetwork UniqueLocal = IPNetwork.Parse("fc00::/7");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    // All that is allocated for global unicast. Outside of it lie ::/8, 100::/64, 5f00::/16, fe80::/10, fec0::/10 and ff00::/8.
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork[] ReservedInGlobalUnicast = Networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

    public static bool MayDial(IPAddress address, bool allowPrivate, bool allowLoopback) => KindOf(address) switch
    {
        AddressKind.Public => true,
        AddressKind.Private => allowPrivate,
        AddressKind.Loopback => allowLoopback,
        _ => false,
    };

    public static AddressKind KindOf(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? KindOf4(address.MapToIPv4())
        : address.AddressFamily == AddressFamily.InterNetwork ? KindOf4(address)
        : KindOf6(address);

    private static AddressKind KindOf4(IPAddress address) =>
        Loopback4.Contains(address) ? AddressKind.Loopback
        : Any(Private4, address) ? AddressKind.Private
        : Any(Reserved4, address) ? AddressKind.Reserved
        : AddressKind.Public;

    private static AddressKind KindOf6(IPAddress address)
    {
        if (address.Equals(IPAddress.IPv6Loopback)) return AddressKind.Loopback;
        if (UniqueLocal.Contains(address)) return AddressKind.Private;
        // Only global IPv4 addresses may be written below the well-known prefix (RFC 6052 3.1).
        if (Nat64.Contains(address))
            return KindOf4(new IPAddress(address.GetAddressBytes().AsSpan(12))) == AddressKind.Public ? AddressKind.Public : AddressKind.Reserved;
        return GlobalUnicast.Contains(address) && !Any(ReservedInGlobalUnicast, address) ? AddressKind.Public : AddressKind.Reserved;
    }

    private static bool Any(IPNetwork[] networks, IPAddress address) => Array.Exists(networks, network => network.Contains(address));

    private static IPNetwork[] Networks(params string[] cidrs) => Array.ConvertAll(cidrs, IPNetwork.Parse);
}
