using System.Net;
using System.Net.Sockets;

namespace Certctl.AcmeService.RateLimits;

/// <summary>Whom an address stands for: one IPv4 address, or the /64 that an IPv6 host has to itself.</summary>
public static class ClientAddress
{
    private const int Prefix = 8;

    public static string Of(IPAddress? address)
    {
        if (address is null) return "";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(Prefix).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
