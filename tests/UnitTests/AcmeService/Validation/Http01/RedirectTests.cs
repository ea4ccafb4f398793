using Certctl.AcmeService.Validation;
using Certctl.Loopback.Dns;
using Certctl.Loopback.Http;
using Certctl.Loopback.TlsAlpn;
using static Certctl.UnitTests.AcmeService.Validation.ValidationWorld;

namespace Certctl.UnitTests.AcmeService.Validation.Http01;

public sealed class RedirectTests : IAsyncDisposable
{
    private readonly ValidationWorld world = new();

    public RedirectTests()
    {
        world.Dns.Address("www.example.test", "127.0.0.1");
        world.Dns.Address("other.example.test", "127.0.0.1");
        world.Http.Answer("/there", LoopbackAnswer.Text(KeyAuthorization));
    }

    private string There => $"http://other.example.test:{world.Http.Port}/there";

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Redirect_to_another_host_is_followed(int status)
    {
        var heads = new List<string>();
        world.Http.Received = heads.Add;
        world.Http.Answer(ChallengePath, LoopbackAnswer.Redirect(There, status));
        Assert.Equal(ValidationResult.Valid, await world.Http01Async("www.example.test"));
        Assert.Contains($"Host: other.example.test:{world.Http.Port}\r\n", heads[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/there")]
    [InlineData("../../there")]
    [InlineData("/there#fragment")]
    public async Task Relative_location_is_followed(string location)
    {
        world.Http.Answer(ChallengePath, LoopbackAnswer.Redirect(location));
        Assert.Equal(ValidationResult.Valid, await world.Http01Async("www.example.test"));
    }

    [Fact]
    public async Task Https_is_followed_whatever_its_certificate()
    {
        await using var https = new LoopbackHttp(certificate: TlsAlpnCertificate.Create(["unrelated.test"], null));
        await using var behind = new ValidationWorld(tlsAlpn01Port: https.Port);
        behind.Dns.Address("www.example.test", "127.0.0.1");
        behind.Http.Answer(ChallengePath, LoopbackAnswer.Redirect($"https://www.example.test:{https.Port}/secure"));
        https.Answer("/secure", LoopbackAnswer.Text(KeyAuthorization));
        Assert.Equal(ValidationResult.Valid, await behind.Http01Async("www.example.test"));
    }

    [Fact]
    public async Task Https_whose_handshake_fails_is_a_tls_problem()
    {
        // A server that has no certificate for the name.
        await using var alpn = new LoopbackTlsAlpn();
        await using var behind = new ValidationWorld(tlsAlpn01Port: alpn.Port);
        behind.Dns.Address("www.example.test", "127.0.0.1");
        behind.Http.Answer(ChallengePath, LoopbackAnswer.Redirect($"https://www.example.test:{alpn.Port}/"));
        Failed(await behind.Http01Async("www.example.test"), "tls", false, "The TLS handshake with www.example.test");
    }

    [Fact]
    public async Task Loop_ends()
    {
        world.Http.Answer(ChallengePath, LoopbackAnswer.Redirect("/a"));
        world.Http.Answer("/a", LoopbackAnswer.Redirect(ChallengePath));
        Failed(await world.Http01Async("www.example.test"), "connection", false, "comes back to a URL already visited");
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public async Task Ten_redirects_are_followed_and_no_more(int count, bool followed)
    {
        world.Http.Answer(ChallengePath, LoopbackAnswer.Redirect("/hop?1"));
        for (var hop = 1; hop < count; hop++) world.Http.Answer($"/hop?{hop}", LoopbackAnswer.Redirect($"/hop?{hop + 1}"));
        world.Http.Answer($"/hop?{count}", LoopbackAnswer.Text(KeyAuthorization));
        var result = await world.Http01Async("www.example.test");
        if (followed) Assert.Equal(ValidationResult.Valid, result);
        else Failed(result, "connection", false, "is one more than the 10 that are followed");
    }

    [Theory]
    [InlineData("http://www.example.test:8080/", "goes to port 8080")]
    [InlineData("gopher://www.example.test/", "goes to a scheme other than http and https")]
    [InlineData("http://user:password@www.example.test/", "with credentials")]
    [InlineData("", "has no Location")]
    public async Task Redirect_elsewhere_is_not_followed(string location, string detail)
    {
        world.Http.Answer(ChallengePath, LoopbackAnswer.Redirect(location));
        Failed(await world.Http01Async("www.example.test"), "connection", false, detail);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://[::ffff:169.254.169.254]/")]
    [InlineData("http://0xa9fea9fe/")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("http://metadata.example.test/")]
    public async Task Redirect_into_a_reserved_range_is_not_followed(string location)
    {
        world.Dns.Address("metadata.example.test", "169.254.169.254", "fe80::1");
        world.Http.Answer(ChallengePath, LoopbackAnswer.Redirect(location));
        var result = await world.Http01Async("www.example.test");
        Assert.Equal(("dns", false), (result.Problem?.Type, result.IsTransient));
        Assert.Contains("in a reserved range", result.Problem!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_hop_is_resolved_and_checked_anew()
    {
        world.Dns.Reply("rebind.example.test", DnsType.A, DnsReply.Records([[127, 0, 0, 1]]), DnsReply.Records([[169, 254, 169, 254]]));
        world.Http.Answer(ChallengePath, LoopbackAnswer.Redirect("/there"));
        Failed(await world.Http01Async("rebind.example.test"), "dns", false, "every address of rebind.example.test is in a reserved range");
    }

    [Fact]
    public async Task Redirect_to_a_name_without_address_is_a_dns_problem()
    {
        world.Http.Answer(ChallengePath, LoopbackAnswer.Redirect("http://nowhere.example.test/"));
        Failed(await world.Http01Async("www.example.test"), "dns", false, "nowhere.example.test has neither an A nor an AAAA record");
    }
}
