using Certctl.AcmeService.Validation;
using Certctl.AcmeService.Validation.Caa;
using Certctl.Loopback.Dns;
using static Certctl.UnitTests.AcmeService.Validation.ValidationWorld;

namespace Certctl.UnitTests.AcmeService.Validation.Caa;

public sealed class CaaCheckTests : IAsyncDisposable
{
    private const string Name = "www.example.test";
    private readonly ValidationWorld world = new(caaIdentities: "ca.example");

    public CaaCheckTests() => Provision(world);

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public void Every_name_above_is_climbed_to_but_the_root() =>
        Assert.Equal(["a.b.example.test", "b.example.test", "example.test", "test"], CaaCheck.Ancestry("a.b.example.test"));

    [Fact]
    public async Task Name_without_records_may_be_issued_for() => Assert.Equal(ValidationResult.Valid, await world.Http01Async(Name));

    [Theory]
    [InlineData(Name)]
    [InlineData("example.test")]
    [InlineData("test")]
    public async Task Records_at_or_above_the_name_forbid(string owner)
    {
        world.Dns.Caa(owner, (0, "issue", "other.example"));
        Failed(await world.Http01Async(Name), "caa", false,
            $"The CAA records at {owner} forbid a certificate for {Name}: they name no issue property for ca.example.");
    }

    [Fact]
    public async Task Nearest_records_count()
    {
        world.Dns.Caa(Name, (0, "issue", "ca.example"));
        world.Dns.Caa("example.test", (0, "issue", ";"));
        world.Dns.Reply("test", DnsType.Caa, DnsReply.ServFail);
        Assert.Equal(ValidationResult.Valid, await world.Http01Async(Name));
    }

    [Fact]
    public async Task Alias_has_the_records_of_its_target()
    {
        world.Dns.Remove(Name);
        world.Dns.Cname(Name, "cdn.example");
        world.Dns.Caa("cdn.example", (0, "issue", ";"));
        Failed(await world.Http01Async(Name), "caa", false, $"at {Name}");
    }

    [Theory]
    [InlineData(Name)]
    [InlineData("example.test")]
    public async Task What_cannot_be_looked_up_is_worth_another_attempt(string owner)
    {
        world.Dns.Reply(owner, DnsType.Caa, DnsReply.ServFail);
        Failed(await world.Http01Async(Name), "dns", true, $"The look-up of CAA records at {owner} failed with SERVFAIL.");
        world.Dns.Reply(owner, DnsType.Caa, DnsReply.Silence);
        Failed(await world.Http01Async(Name), "dns", true, $"The look-up of CAA records at {owner} timed out.");
    }

    [Fact]
    public async Task Wildcard_account_and_method_are_passed_on()
    {
        world.Dns.Caa(Name, (0, "issuewild", ";"));
        Assert.Equal(ValidationResult.Valid, await world.Http01Async(Name));
        Failed(await world.ValidateAsync("http-01", Name, wildcard: true), "caa", false, $"forbid a certificate for *.{Name}");
        world.Dns.Caa(Name, (0, "issue", $"ca.example; accounturi={AccountUrl}; validationmethods=http-01"));
        Assert.Equal(ValidationResult.Valid, await world.Http01Async(Name));
        world.Dns.Caa(Name, (0, "issue", $"ca.example; accounturi={AccountUrl}; validationmethods=dns-01"));
        Failed(await world.Http01Async(Name), "caa", false, "http-01");
    }

    [Fact]
    public async Task Failed_challenge_is_told_and_caa_not_asked()
    {
        var asked = new List<DnsType>();
        world.Dns.Asked = (_, type) => asked.Add(type);
        world.Dns.Caa(Name, (0, "issue", ";"));
        world.Http.Present(Token, "wrong");
        Failed(await world.Http01Async(Name), "incorrectResponse", false, "is not the key authorization");
        Assert.DoesNotContain(DnsType.Caa, asked);
    }

    [Fact]
    public async Task Address_has_no_caa()
    {
        Assert.Equal(ValidationResult.Valid, await world.Http01Async("127.0.0.1"));
    }

    [Fact]
    public async Task Ca_without_a_name_in_caa_does_not_ask()
    {
        await using var nameless = new ValidationWorld();
        Provision(nameless);
        nameless.Dns.Caa(Name, (0, "issue", ";"));
        Assert.Equal(ValidationResult.Valid, await nameless.Http01Async(Name));
    }

    private static void Provision(ValidationWorld world)
    {
        world.Dns.Address(Name, "127.0.0.1");
        world.Dns.Address("cdn.example", "127.0.0.1");
        world.Http.Present(Token, KeyAuthorization);
    }
}
