using Certctl.AcmeService.Validation;
using Certctl.Loopback.Dns;
using Certctl.Loopback.Http;
using static Certctl.UnitTests.AcmeService.Validation.ValidationWorld;

namespace Certctl.UnitTests.AcmeService.Validation;

/// <summary>Whoever orders a certificate chooses the name, and the DNS server that answers for it: neither leads a validation to
/// where only this server can go.</summary>
public sealed class ReservedTargetTests : IAsyncDisposable
{
    private const string Name = "www.example.test";
    private static readonly string[] Dialling = ["http-01", "tls-alpn-01"];

    /// <summary>The host itself, its neighbours and the cloud's metadata, in every form that an address can have.</summary>
    public static readonly TheoryData<string> Reserved = new(
        "127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1", "0.0.0.0", "0.0.0.1", "::", "::ffff:0.0.0.0", "::127.0.0.1",
        "169.254.169.254", "::ffff:169.254.169.254", "fe80::a9fe:a9fe", "fd00:ec2::254",
        "10.0.0.1", "172.31.255.254", "192.168.1.1", "100.64.0.1", "::ffff:10.0.0.1", "fc00::1", "fdff::1", "fec0::1",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::a00:1", "64:ff9b:1::a9fe:a9fe", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:a9fe:a9fe::1",
        "192.0.0.192", "198.18.0.1", "224.0.0.1", "255.255.255.255", "ff02::1");

    private readonly LoopbackHttp everywhere = new();
    private readonly ValidationWorld world;
    private int connections;

    public ReservedTargetTests()
    {
        world = new ValidationWorld(allowLoopback: false, http01Port: everywhere.Port, tlsAlpn01Port: everywhere.Port);
        everywhere.Received = _ => Interlocked.Increment(ref connections);
    }

    public async ValueTask DisposeAsync()
    {
        await world.DisposeAsync();
        await everywhere.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Reserved))]
    public async Task A_name_that_leads_there_is_not_dialled(string address)
    {
        world.Dns.Address(Name, address);
        foreach (var type in Dialling) Refused(await world.ValidateAsync(type, Name));
    }

    [Theory]
    [MemberData(nameof(Reserved))]
    public async Task An_address_that_is_one_is_not_dialled_when_ordered_by_itself(string address)
    {
        foreach (var type in Dialling) Refused(await world.ValidateAsync(type, address));
    }

    [Fact]
    public async Task An_alias_that_leads_there_is_not_dialled()
    {
        world.Dns.Cname(Name, "inside.example.test");
        world.Dns.Address("inside.example.test", "169.254.169.254", "::1");
        foreach (var type in Dialling) Refused(await world.ValidateAsync(type, Name));
    }

    [Fact]
    public async Task A_profile_that_admits_private_networks_admits_neither_the_host_nor_the_clouds_metadata()
    {
        world.Dns.Address(Name, "127.0.0.1", "169.254.169.254", "::1", "fe80::1", "64:ff9b::a9fe:a9fe");
        foreach (var type in Dialling) Refused(await world.ValidateAsync(type, Name, allowPrivate: true));
    }

    private void Refused(ValidationResult result)
    {
        Assert.Equal(("dns", false), (result.Problem?.Type, result.IsTransient));
        Assert.Contains("in a reserved range", result.Problem!.Detail, StringComparison.Ordinal);
        Assert.Equal(0, connections);
    }
}
