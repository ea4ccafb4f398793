using System.Collections.Concurrent;
using Certctl.AcmeService.Validation;
using Certctl.Loopback.Dns;
using Certctl.Loopback.Http;
using static Certctl.UnitTests.AcmeService.Validation.ValidationWorld;

namespace Certctl.UnitTests.AcmeService.Validation;

/// <summary>A name whose answers change between the look and the leap. In these tests loopback stands for a public address.</summary>
public sealed class RebindingTests : IAsyncDisposable
{
    private const string Name = "rebind.example.test";

    /// <summary>On a busy machine a question that is asked again would get the second answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(9);

    private readonly ValidationWorld world = new(dnsTimeout: Patience);
    private readonly ConcurrentBag<DnsType> asked = [];

    public RebindingTests() => world.Dns.Asked = (_, type) => asked.Add(type);

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task The_address_that_was_checked_is_the_one_that_is_dialled()
    {
        Rebinds("127.0.0.1", "169.254.169.254");
        world.Http.Answer(ChallengePath, LoopbackAnswer.Text(KeyAuthorization));
        Assert.Equal(ValidationResult.Valid, await world.Http01Async(Name));
        Assert.Equal([DnsType.A, DnsType.Aaaa], asked.Order());
    }

    [Theory]
    [InlineData("http-01")]
    [InlineData("tls-alpn-01")]
    public async Task Another_attempt_looks_and_checks_again(string type)
    {
        // Nothing listens: the first attempt is worth another one.
        await using var deaf = new ValidationWorld(http01Port: 9, tlsAlpn01Port: 9, dnsTimeout: Patience);
        deaf.Dns.Reply(Name, DnsType.A, Record("127.0.0.1"), Record("10.0.0.1"));
        Assert.True((await deaf.ValidateAsync(type, Name)).IsTransient);
        Failed(await deaf.ValidateAsync(type, Name), "dns", false, $"every address of {Name} is in a reserved range");
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("169.254.169.254")]
    public async Task A_redirect_to_the_same_name_is_checked_anew(string second)
    {
        Rebinds("127.0.0.1", second);
        world.Http.Answer(ChallengePath, LoopbackAnswer.Redirect($"http://{Name}:{world.Http.Port}/there"));
        Failed(await world.Http01Async(Name), "dns", false, $"every address of {Name} is in a reserved range");
    }

    [Theory]
    [InlineData("http://0.0.0.0/")]
    [InlineData("http://[::]/")]
    [InlineData("http://[fd00:ec2::254]/latest/meta-data")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://[64:ff9b::a9fe:a9fe]/")]
    [InlineData("http://[2002:a9fe:a9fe::]/")]
    [InlineData("http://[::ffff:10.0.0.1]/")]
    [InlineData("http://100.64.0.1/")]
    [InlineData("http://2852039166/")]
    [InlineData("http://0251.0376.0251.0376/")]
    [InlineData("http://169.254.43518/")]
    [InlineData("https://192.168.0.1/")]
    [InlineData("//10.0.0.1/")]
    public async Task A_redirect_to_a_reserved_address_is_not_followed(string location)
    {
        Rebinds("127.0.0.1");
        world.Http.Answer(ChallengePath, LoopbackAnswer.Redirect(location));
        var result = await world.Http01Async(Name);
        Assert.Equal(("dns", false), (result.Problem?.Type, result.IsTransient));
        Assert.Contains("in a reserved range", result.Problem!.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://www.example.test:22/")]
    [InlineData("http://www.example.test:6379/")]
    [InlineData("ftp://www.example.test/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("unix:/run/docker.sock")]
    [InlineData("javascript:alert(1)")]
    public async Task A_redirect_to_another_scheme_or_port_is_not_followed(string location)
    {
        Rebinds("127.0.0.1");
        world.Http.Answer(ChallengePath, LoopbackAnswer.Redirect(location));
        Failed(await world.Http01Async(Name), "connection", false, "The redirect by");
        Assert.Equal([DnsType.A, DnsType.Aaaa], asked.Order());
    }

    [Fact]
    public async Task What_is_looked_up_only_is_asked_of_the_resolver_and_dialled_nowhere()
    {
        var connections = 0;
        world.Http.Received = _ => Interlocked.Increment(ref connections);
        world.Dns.Cname($"_acme-challenge.{Name}", "inside.example.test");
        world.Dns.Address("inside.example.test", "127.0.0.1");
        world.Dns.Address(Name, "127.0.0.1");
        Failed(await world.ValidateAsync("dns-01", Name), "dns", false, "There is no TXT record");
        Assert.Equal(0, connections);
        Assert.DoesNotContain(DnsType.A, asked);
    }

    private void Rebinds(params string[] successive) => world.Dns.Reply(Name, DnsType.A, [.. successive.Select(Record)]);

    private static DnsReply Record(string address) => DnsReply.Records([System.Net.IPAddress.Parse(address).GetAddressBytes()]);
}
