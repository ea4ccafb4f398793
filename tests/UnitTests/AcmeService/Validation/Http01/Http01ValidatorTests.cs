using Certctl.AcmeService.Validation;
using Certctl.Loopback.Dns;
using Certctl.Loopback.Http;
using static Certctl.UnitTests.AcmeService.Validation.ValidationWorld;

namespace Certctl.UnitTests.AcmeService.Validation.Http01;

public sealed class Http01ValidatorTests : IAsyncDisposable
{
    private readonly ValidationWorld world = new();

    public Http01ValidatorTests() => world.Dns.Address("www.example.test", "127.0.0.1");

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData(" \t\r\n\r\n")]
    public async Task Key_authorization_at_the_well_known_path_proves_the_name(string whitespace)
    {
        world.Http.Present(Token, KeyAuthorization + whitespace);
        Assert.Equal(ValidationResult.Valid, await world.Http01Async("www.example.test"));
    }

    [Fact]
    public async Task Address_is_dialled_as_it_is()
    {
        world.Http.Present(Token, KeyAuthorization);
        Assert.Equal(ValidationResult.Valid, await world.Http01Async("127.0.0.1"));
    }

    [Fact]
    public async Task Request_is_plain_http_1_1_and_says_who_asks()
    {
        var heads = new List<string>();
        world.Http.Received = heads.Add;
        await world.Http01Async("www.example.test");
        var lines = Assert.Single(heads).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($"GET {ChallengePath} HTTP/1.1", lines[0]);
        var version = typeof(ValidationSettings).Assembly.GetName().Version!.ToString(3);
        Assert.Equal(
            ["Accept: */*", "Connection: close", $"Host: www.example.test:{world.Http.Port}", $"User-Agent: certctl-acme/{version}"], lines[1..].Order());
    }

    [Theory]
    [InlineData(201)]
    [InlineData(204)]
    [InlineData(300)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task Status_other_than_200_is_final(int status)
    {
        world.Http.Answer(ChallengePath, LoopbackAnswer.Text(status == 204 ? "" : KeyAuthorization, status));
        Failed(await world.Http01Async("www.example.test"), "incorrectResponse", false, $"The answer of www.example.test on port {world.Http.Port} has status {status}, not 200");
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret page of a neighbour")]
    [InlineData(" " + KeyAuthorization)]
    [InlineData(KeyAuthorization + "x")]
    [InlineData(Token)]
    public async Task Wrong_body_is_final_and_never_repeated(string body)
    {
        world.Http.Answer(ChallengePath, LoopbackAnswer.Text(body));
        var result = await world.Http01Async("www.example.test");
        Failed(result, "incorrectResponse", false, "is not the key authorization");
        Assert.DoesNotContain("secret", result.Problem!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_of_more_than_a_kibibyte_is_wrong_without_being_read_to_its_end()
    {
        world.Http.Answer(ChallengePath, LoopbackAnswer.Slow(KeyAuthorization + new string(' ', 1024), 1 << 30));
        Failed(await world.Http01Async("www.example.test"), "incorrectResponse", false, "longer than 1024 bytes");
    }

    [Fact]
    public async Task Chunked_body_is_read()
    {
        world.Http.Answer(ChallengePath, LoopbackAnswer.Raw(
            $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{KeyAuthorization.Length:x}\r\n{KeyAuthorization}\r\n0\r\n\r\n"));
        Assert.Equal(ValidationResult.Valid, await world.Http01Async("www.example.test"));
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n", "is not HTTP/1.1")]
    [InlineData("", "broke before the answer was complete")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nshort", "broke before the answer was complete")]
    public async Task What_is_no_http_answer_is_told_apart(string answer, string detail)
    {
        world.Http.Answer(ChallengePath, LoopbackAnswer.Raw(answer));
        var broken = answer.Length == 0 || answer[0] == 'H';
        Failed(await world.Http01Async("www.example.test"), broken ? "connection" : "incorrectResponse", broken, detail);
    }

    [Fact]
    public async Task Header_is_bounded()
    {
        world.Http.Answer(ChallengePath, LoopbackAnswer.Text(KeyAuthorization, 200, "X-Long: " + new string('x', 20_000)));
        Failed(await world.Http01Async("www.example.test"), "incorrectResponse", false, "longer than 16 KiB");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Server_that_keeps_us_waiting_is_left_after_ten_seconds(bool silent)
    {
        var received = new TaskCompletionSource();
        world.Http.Answer(ChallengePath, silent ? LoopbackAnswer.Silence : LoopbackAnswer.Slow(KeyAuthorization[..5], 87));
        world.Http.Received = _ => received.SetResult();
        var validation = world.Http01Async("www.example.test");
        await world.ReachedAsync(received);
        world.Time.Advance(ChallengeValidator.Timeout - TimeSpan.FromMilliseconds(1));
        Assert.False(validation.IsCompleted);
        world.Time.Advance(TimeSpan.FromMilliseconds(1));
        Failed(await validation, "connection", true, "http-01 of www.example.test had no complete answer within 10 seconds");
    }

    [Fact]
    public async Task Reset_connection_is_worth_another_attempt()
    {
        world.Http.Answer(ChallengePath, LoopbackAnswer.Reset);
        Failed(await world.Http01Async("www.example.test"), "connection", true, "www.example.test");
    }

    [Fact]
    public async Task Refused_connection_is_worth_another_attempt()
    {
        await world.Http.DisposeAsync();
        Failed(await world.Http01Async("www.example.test"), "connection", true,
            $"Could not connect to www.example.test on port {world.Http.Port}: the connection was refused");
    }

    [Fact]
    public async Task Dead_ipv6_address_falls_back_to_ipv4()
    {
        // Nothing listens on ::1 at this port.
        world.Dns.Address("dual.example.test", "::1", "127.0.0.1");
        world.Http.Present(Token, KeyAuthorization);
        Assert.Equal(ValidationResult.Valid, await world.Http01Async("dual.example.test"));
    }

    [Fact]
    public async Task Name_that_changes_its_address_after_the_check_gains_nothing()
    {
        await using var inside = new LoopbackHttp(world.Http.Port, address: System.Net.IPAddress.Parse("127.0.0.2"));
        var dialled = 0;
        var questions = 0;
        inside.Received = _ => dialled++;
        inside.Present(Token, KeyAuthorization);
        world.Dns.Asked = (_, type) => questions += type == DnsType.A ? 1 : 0;
        world.Dns.Reply("rebind.example.test", DnsType.A, DnsReply.Records([[127, 0, 0, 1]]), DnsReply.Records([[127, 0, 0, 2]]));
        world.Dns.Reply("rebind.example.test", DnsType.Aaaa, DnsReply.Records([]));
        Failed(await world.Http01Async("rebind.example.test"), "incorrectResponse", false, "has status 404");
        Assert.Equal((0, 1), (dialled, questions));
    }
}
