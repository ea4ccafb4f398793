using System.Net;
using Certctl.AcmeService.Validation.Dialing;

namespace Certctl.UnitTests.AcmeService.Validation.Dialing;

public sealed class AddressPolicyTests
{
    [Theory]
    [InlineData("0.0.0.0", "0.255.255.255", null, "1.0.0.0")]
    [InlineData("169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0")]
    [InlineData("192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0")]
    [InlineData("192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0")]
    [InlineData("192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0")]
    [InlineData("198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0")]
    [InlineData("198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0")]
    [InlineData("203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0")]
    [InlineData("224.0.0.0", "255.255.255.255", "223.255.255.255", null)]
    [InlineData("::", "::", null, null)]
    [InlineData("::2", "::fffe:ffff:ffff", null, null)]
    [InlineData("64:ff9a::", "64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff", null, "64:ff9b::808:808")]
    [InlineData("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", null, null)]
    [InlineData("100::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, "2000::")]
    [InlineData("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::")]
    [InlineData("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::")]
    [InlineData("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::")]
    [InlineData("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::")]
    [InlineData("4000::", "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null)]
    [InlineData("5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, null)]
    [InlineData("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, null)]
    [InlineData("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, null)]
    [InlineData("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, null)]
    public void Reserved_range_is_never_dialled_and_its_public_neighbours_are(string first, string last, string? before, string? after)
    {
        Assert.All([first, last], address => Assert.Equal("never", Verdict(address)));
        Assert.All(new[] { before, after }.OfType<string>(), address => Assert.Equal("always", Verdict(address)));
    }

    [Theory]
    [InlineData("10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0")]
    [InlineData("100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0")]
    [InlineData("172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0")]
    [InlineData("192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0")]
    [InlineData("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, null)]
    public void Private_range_is_dialled_where_the_profile_allows_it(string first, string last, string? before, string? after)
    {
        Assert.All([first, last], address => Assert.Equal("private", Verdict(address)));
        Assert.All(new[] { before, after }.OfType<string>(), address => Assert.Equal("always", Verdict(address)));
    }

    [Theory]
    [InlineData("127.0.0.0")]
    [InlineData("127.255.255.255")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void Loopback_is_dialled_in_tests_only(string address) => Assert.Equal("loopback", Verdict(address));

    [Theory]
    [InlineData("126.255.255.255", "always")]
    [InlineData("128.0.0.0", "always")]
    [InlineData("8.8.8.8", "always")]
    [InlineData("2606:4700::1111", "always")]
    [InlineData("::ffff:8.8.8.8", "always")]
    [InlineData("::ffff:10.0.0.1", "private")]
    [InlineData("::ffff:169.254.169.254", "never")]
    [InlineData("::ffff:0.0.0.0", "never")]
    [InlineData("64:ff9b::8.8.8.8", "always")]
    [InlineData("64:ff9b::10.0.0.1", "never")]
    [InlineData("64:ff9b::127.0.0.1", "never")]
    [InlineData("64:ff9b::169.254.169.254", "never")]
    [InlineData("fe80::1%2", "never")]
    public void Address_within_an_address_is_what_counts(string address, string verdict) => Assert.Equal(verdict, Verdict(address));

    /// <summary>Under which permission an address is dialled; each must change nothing but its own ranges.</summary>
    private static string Verdict(string text)
    {
        var address = IPAddress.Parse(text);
        return (AddressPolicy.MayDial(address, false, false), AddressPolicy.MayDial(address, true, false), AddressPolicy.MayDial(address, false, true)) switch
        {
            (true, true, true) => "always",
            (false, true, false) => "private",
            (false, false, true) => "loopback",
            (false, false, false) => "never",
            var other => $"{other}",
        };
    }
}
