using Certctl.AcmeService.Validation.Caa;
using Certctl.AcmeService.Validation.Dns;
using Certctl.Loopback.Dns;

namespace Certctl.UnitTests.AcmeService.Validation.Dns;

public sealed class DnsLookupTests : IAsyncDisposable
{
    private readonly LoopbackDns dns = new();
    private readonly DnsLookup lookup;

    public DnsLookupTests() => lookup = new DnsLookup(dns.EndPoint, TimeSpan.FromMilliseconds(200));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => dns.DisposeAsync();

    [Fact]
    public async Task Records_of_every_type_are_read()
    {
        dns.Address("a.example.test", "192.0.2.1", "192.0.2.2", "2001:db8::1");
        dns.Txt("_acme-challenge.a.example.test", "one", new string('x', 300));
        dns.Caa("a.example.test", (128, "issue", "ca.example; accounturi=https://x/1"));
        Assert.Equal(["192.0.2.1", "192.0.2.2"], (await lookup.Ipv4Async("a.example.test", Cancelled)).Records.Select(a => $"{a}"));
        Assert.Equal(["2001:db8::1"], (await lookup.Ipv6Async("A.Example.TEST", Cancelled)).Records.Select(a => $"{a}"));
        Assert.Equal(["one", new string('x', 300)], (await lookup.TxtAsync("_acme-challenge.a.example.test", Cancelled)).Records);
        Assert.Equal([new CaaProperty(128, "issue", "ca.example; accounturi=https://x/1")], (await lookup.CaaAsync("a.example.test", Cancelled)).Records);
    }

    [Fact]
    public async Task Answer_that_fits_no_datagram_comes_over_tcp()
    {
        string[] texts = [.. Enumerable.Range(0, 40).Select(i => $"{i}".PadLeft(200, 'x'))];
        dns.Txt("many.example.test", texts);
        Assert.Equal(texts, (await lookup.TxtAsync("many.example.test", Cancelled)).Records);
    }

    [Fact]
    public async Task Missing_name_and_missing_type_are_no_failure()
    {
        dns.Address("a.example.test", "192.0.2.1");
        Assert.Equal(DnsAnswer<string>.None, await lookup.TxtAsync("a.example.test", Cancelled));
        Assert.Equal(DnsAnswer<string>.None, await lookup.TxtAsync("missing.example.test", Cancelled));
    }

    [Fact]
    public async Task Nothing_is_cached()
    {
        Assert.Empty((await lookup.TxtAsync("late.example.test", Cancelled)).Records);
        dns.Txt("late.example.test", "now");
        Assert.Equal(["now"], (await lookup.TxtAsync("late.example.test", Cancelled)).Records);
    }

    [Theory]
    [InlineData(true, 8, true)]
    [InlineData(true, 9, false)]
    [InlineData(false, 8, true)]
    [InlineData(false, 9, false)]
    public async Task Eight_aliases_are_followed_and_no_more(bool wholeChain, int count, bool found)
    {
        dns.FollowsAliases = wholeChain;
        for (var i = 0; i < count; i++) dns.Cname($"alias{i}.example.test", $"alias{i + 1}.example.test");
        dns.Txt($"alias{count}.example.test", "end");
        var answer = await lookup.TxtAsync("alias0.example.test", Cancelled);
        Assert.Equal((found ? "end" : null, found ? null : "needs more than 8 CNAME records", false), (answer.Records.SingleOrDefault(), answer.Failure, answer.IsTransient));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Loop_of_aliases_is_no_transient_failure(bool wholeChain)
    {
        dns.FollowsAliases = wholeChain;
        dns.Cname("one.example.test", "two.example.test");
        dns.Cname("two.example.test", "one.example.test");
        var answer = await lookup.CaaAsync("one.example.test", Cancelled);
        Assert.Equal(("runs into a loop of CNAME records", false), (answer.Failure, answer.IsTransient));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public async Task Alias_of_a_name_without_the_type_is_no_failure_and_asked_for_no_more_than_needed(bool wholeChain, int questions)
    {
        var asked = 0;
        dns.FollowsAliases = wholeChain;
        dns.Asked = (_, _) => asked++;
        dns.Cname("alias.example.test", "a.example.test");
        dns.Address("a.example.test", "192.0.2.1");
        Assert.Equal(DnsAnswer<string>.None, await lookup.TxtAsync("alias.example.test", Cancelled));
        Assert.Equal(questions, asked);
    }

    [Fact]
    public async Task Servfail_is_transient()
    {
        dns.Reply("broken.example.test", DnsType.Txt, DnsReply.ServFail);
        var answer = await lookup.TxtAsync("broken.example.test", Cancelled);
        Assert.Equal(("failed with SERVFAIL", true), (answer.Failure, answer.IsTransient));
    }

    [Fact]
    public async Task Silence_is_transient_after_two_tries()
    {
        var asked = 0;
        dns.Asked = (_, _) => asked++;
        dns.Reply("silent.example.test", DnsType.Txt, DnsReply.Silence);
        var answer = await lookup.TxtAsync("silent.example.test", Cancelled);
        Assert.Equal(("timed out", true, 2), (answer.Failure, answer.IsTransient, asked));
    }

    [Fact]
    public async Task Datagram_that_is_lost_is_made_good_by_the_second_try()
    {
        dns.Reply("lossy.example.test", DnsType.Txt, DnsReply.Silence, DnsReply.Records([[1, (byte)'x']]));
        Assert.Equal(["x"], (await lookup.TxtAsync("lossy.example.test", Cancelled)).Records);
    }

    [Fact]
    public async Task Malformed_record_is_a_failure_not_an_exception()
    {
        dns.Reply("odd.example.test", DnsType.Txt, DnsReply.Records([[200, (byte)'x']]));
        var answer = await lookup.TxtAsync("odd.example.test", Cancelled);
        Assert.Equal((0, true), (answer.Records.Count, answer.IsTransient));
    }
}
