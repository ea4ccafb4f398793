using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Certctl.AcmeService.Validation;
using Certctl.Loopback.Dns;
using static Certctl.UnitTests.AcmeService.Validation.ValidationWorld;

namespace Certctl.UnitTests.AcmeService.Validation.Dns01;

public sealed class Dns01ValidatorTests : IAsyncDisposable
{
    private const string Owner = "_acme-challenge.www.example.test";
    private static readonly string Digest = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(KeyAuthorization)));
    private readonly ValidationWorld world = new();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task Digest_among_other_records_proves_the_name_and_its_wildcard()
    {
        world.Dns.Txt(Owner, "v=spf1 -all", Digest);
        Assert.Equal(ValidationResult.Valid, await ValidateAsync());
        Assert.Equal(ValidationResult.Valid, await world.ValidateAsync("dns-01", "www.example.test", wildcard: true));
    }

    [Fact]
    public async Task Alias_is_followed()
    {
        world.Dns.Cname(Owner, "www.acme-dns.test");
        world.Dns.Txt("www.acme-dns.test", Digest);
        Assert.Equal(ValidationResult.Valid, await ValidateAsync());
    }

    [Fact]
    public async Task Other_text_is_final()
    {
        world.Dns.Txt(Owner, KeyAuthorization, Digest + "=", $"\"{Digest}\"");
        Failed(await ValidateAsync(), "incorrectResponse", false, $"No TXT record at {Owner} is the digest");
    }

    [Fact]
    public async Task Missing_record_is_final() => Failed(await ValidateAsync(), "dns", false, $"There is no TXT record at {Owner}");

    [Fact]
    public async Task Servfail_and_silence_are_worth_another_attempt()
    {
        world.Dns.Reply(Owner, DnsType.Txt, DnsReply.ServFail);
        Failed(await ValidateAsync(), "dns", true, $"The look-up of TXT records at {Owner} failed with SERVFAIL.");
        world.Dns.Reply(Owner, DnsType.Txt, DnsReply.Silence);
        Failed(await ValidateAsync(), "dns", true, $"The look-up of TXT records at {Owner} timed out.");
    }

    [Fact]
    public async Task Resolver_that_keeps_us_waiting_is_left_after_ten_seconds()
    {
        world.Dns.Reply(Owner, DnsType.Txt, DnsReply.Silence);
        world.Dns.Asked = (_, _) => world.Time.Advance(ChallengeValidator.Timeout);
        Failed(await ValidateAsync(), "dns", true, "dns-01 of www.example.test had no complete answer within 10 seconds");
    }

    [Fact]
    public async Task Address_cannot_be_proven() =>
        Failed(await world.ValidateAsync("dns-01", "192.0.2.1"), "malformed", false, "RFC 8738 7");

    [Fact]
    public async Task Name_that_leaves_no_room_for_the_prefix_is_final()
    {
        var name = string.Join('.', Enumerable.Repeat(new string('a', 60), 4));
        Failed(await world.ValidateAsync("dns-01", name), "dns", false, "too long");
    }

    private Task<ValidationResult> ValidateAsync() => world.ValidateAsync("dns-01", "www.example.test");
}
