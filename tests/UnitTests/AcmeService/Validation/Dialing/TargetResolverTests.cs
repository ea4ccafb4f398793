using System.Net;
using Certctl.AcmeService.Validation;
using Certctl.AcmeService.Validation.Dialing;
using Certctl.AcmeService.Validation.Dns;
using Certctl.Loopback.Dns;

namespace Certctl.UnitTests.AcmeService.Validation.Dialing;

public sealed class TargetResolverTests : IAsyncDisposable
{
    private readonly LoopbackDns dns = new();

    public ValueTask DisposeAsync() => dns.DisposeAsync();

    [Theory]
    [InlineData(false, "2606:4700::1,8.8.8.8", "8.8.8.8,2606:4700::1")]
    [InlineData(false, "8.8.8.8", "10.0.0.1,8.8.8.8,fd00::1")]
    [InlineData(true, "fd00::1,10.0.0.1", "10.0.0.1,8.8.8.8,fd00::1")]
    [InlineData(false, "8.8.8.8", "::ffff:8.8.8.8")]
    [InlineData(false, "", "10.0.0.1,fd00::1,127.0.0.1,::1")]
    [InlineData(true, "", "169.254.169.254,127.0.0.1,::1,fe80::1")]
    public async Task One_address_of_each_family_that_may_be_dialled_is_taken_ipv6_first(bool allowPrivate, string expected, string records)
    {
        dns.Address("name.example.test", records.Split(','));
        var (target, failure) = await ResolveAsync("name.example.test", allowPrivate);
        Assert.Equal(expected, string.Join(',', target?.Addresses.Select(a => $"{a}") ?? []));
        if (target is null) ValidationWorld.Failed(failure!, "dns", false, "every address of name.example.test is in a reserved range");
    }

    [Fact]
    public async Task Failure_of_one_look_up_matters_only_when_the_other_finds_nothing()
    {
        dns.Address("half.example.test", "8.8.8.8");
        dns.Reply("half.example.test", DnsType.Aaaa, DnsReply.ServFail);
        Assert.Equal([IPAddress.Parse("8.8.8.8")], (await ResolveAsync("half.example.test")).Target?.Addresses);
        dns.Reply("half.example.test", DnsType.A, DnsReply.Records([]));
        ValidationWorld.Failed((await ResolveAsync("half.example.test")).Failure!, "dns", true,
            "The look-up of the addresses of half.example.test failed with SERVFAIL.");
    }

    [Fact]
    public async Task Name_without_addresses_is_final() =>
        ValidationWorld.Failed((await ResolveAsync("none.example.test")).Failure!, "dns", false, "none.example.test has neither an A nor an AAAA record");

    [Fact]
    public async Task Literal_is_checked_like_any_address()
    {
        Assert.Null((await ResolveAsync("10.0.0.1")).Target);
        Assert.NotNull((await ResolveAsync("10.0.0.1", allowPrivate: true)).Target);
        Assert.Null((await ResolveAsync("::ffff:169.254.0.1", allowPrivate: true)).Target);
    }

    private Task<(DialTarget? Target, ValidationResult? Failure)> ResolveAsync(string host, bool allowPrivate = false) =>
        new TargetResolver(new DnsLookup(dns.EndPoint), new ValidationSettings()).ResolveAsync(host, allowPrivate, TestContext.Current.CancellationToken);
}
