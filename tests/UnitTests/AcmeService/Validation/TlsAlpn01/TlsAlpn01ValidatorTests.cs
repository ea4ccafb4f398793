using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Certctl.AcmeService.Validation;
using Certctl.AcmeService.Validation.TlsAlpn01;
using Certctl.Loopback.TlsAlpn;
using static Certctl.UnitTests.AcmeService.Validation.ValidationWorld;

namespace Certctl.UnitTests.AcmeService.Validation.TlsAlpn01;

public sealed class TlsAlpn01ValidatorTests : IAsyncDisposable
{
    private const string Name = "www.example.test";
    private static readonly byte[] Digest = SHA256.HashData(Encoding.ASCII.GetBytes(KeyAuthorization));
    private readonly LoopbackTlsAlpn server = new();
    private readonly ValidationWorld world;

    public TlsAlpn01ValidatorTests()
    {
        world = new ValidationWorld(tlsAlpn01Port: server.Port);
        world.Dns.Address(Name, "127.0.0.1");
    }

    public async ValueTask DisposeAsync()
    {
        await world.DisposeAsync();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Certificate_with_the_digest_proves_the_name(SslProtocols version)
    {
        server.Versions = version;
        Assert.Equal(ValidationResult.Valid, await ValidateAsync(TlsAlpnCertificate.For(Name.ToUpperInvariant(), KeyAuthorization)));
    }

    [Fact]
    public async Task Address_is_asked_for_by_the_name_of_its_reverse_mapping()
    {
        server.Present("1.0.0.127.in-addr.arpa", TlsAlpnCertificate.For("127.0.0.1", KeyAuthorization));
        Assert.Equal(ValidationResult.Valid, await world.ValidateAsync("tls-alpn-01", "127.0.0.1"));
        server.Present("1.0.0.127.in-addr.arpa", TlsAlpnCertificate.For("127.0.0.2", KeyAuthorization));
        Assert.Equal("incorrectResponse", (await world.ValidateAsync("tls-alpn-01", "127.0.0.1")).Problem?.Type);
        server.Present("1.0.0.127.in-addr.arpa", TlsAlpnCertificate.For("1.0.0.127.in-addr.arpa", KeyAuthorization));
        Assert.Equal("incorrectResponse", (await world.ValidateAsync("tls-alpn-01", "127.0.0.1")).Problem?.Type);
    }

    [Fact]
    public void Reverse_mapping_of_ipv6_is_by_nibbles() => Assert.Equal(
        "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
        TlsAlpn01Validator.ReverseName(IPAddress.Parse("2001:db8::567:89ab")));

    public static TheoryData<string, string[], byte[]?, bool> Violations => new()
    {
        { "has a subject alternative name other than", ["other.example.test"], Digest, true },
        { "has a subject alternative name other than", ["*.example.test"], Digest, true },
        { "has a subject alternative name other than", ["127.0.0.1"], Digest, true },
        { "not exactly one subject alternative name", [Name, "other.example.test"], Digest, true },
        { "not exactly one subject alternative name", [Name, Name], Digest, true },
        { "not exactly one subject alternative name", [Name, "127.0.0.1"], Digest, true },
        { "not exactly one subject alternative name", ["someone@example.test"], Digest, true },
        { "no subject alternative name", [], Digest, true },
        { "no acmeIdentifier", [Name], null, true },
        { "acmeIdentifier extension that is not critical", [Name], Digest, false },
        { "not a SHA-256 digest", [Name], Digest[..31], true },
        { "not a SHA-256 digest", [Name], [], true },
        { "not the digest of the key authorization", [Name], new byte[32], true },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task Certificate_against_the_rules_is_final(string detail, string[] names, byte[]? digest, bool critical)
    {
        var result = await ValidateAsync(TlsAlpnCertificate.Create(names, digest, critical));
        Assert.Equal(("incorrectResponse", false), (result.Problem?.Type, result.IsTransient));
        Assert.Contains(detail, result.Problem!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_without_alpn_has_not_negotiated_it()
    {
        server.Protocols = [];
        Failed(await ValidateAsync(TlsAlpnCertificate.For(Name, KeyAuthorization)), "tls", false, "did not negotiate the application protocol acme-tls/1");
    }

    [Fact]
    public async Task Server_of_another_protocol_fails()
    {
        server.Protocols = [SslApplicationProtocol.Http11];
        var result = await ValidateAsync(TlsAlpnCertificate.For(Name, KeyAuthorization));
        Assert.Equal(("tls", false), (result.Problem?.Type, result.IsTransient));
    }

    [Fact]
    public async Task Certificate_sends_nobody_to_fetch_its_issuer()
    {
        var fetched = 0;
        world.Http.Received = _ => fetched++;
        var issuer = new Uri($"http://127.0.0.1:{world.Http.Port}/issuer.crt");
        Assert.Equal(ValidationResult.Valid, await ValidateAsync(TlsAlpnCertificate.Create([Name], Digest, issuerUrl: issuer)));
        Assert.Equal(0, fetched);
    }

    [Fact]
    public async Task Server_that_keeps_us_waiting_is_left_after_ten_seconds()
    {
        var asked = new TaskCompletionSource();
        using var release = new ManualResetEventSlim();
        server.Asked = _ =>
        {
            asked.SetResult();
            release.Wait(TestContext.Current.CancellationToken);
        };
        var validation = ValidateAsync(TlsAlpnCertificate.For(Name, KeyAuthorization));
        await world.ReachedAsync(asked);
        world.Time.Advance(ChallengeValidator.Timeout);
        Failed(await validation, "connection", true, $"tls-alpn-01 of {Name} had no complete answer within 10 seconds");
        release.Set();
    }

    [Fact]
    public async Task Refused_connection_is_worth_another_attempt()
    {
        await server.DisposeAsync();
        Failed(await world.ValidateAsync("tls-alpn-01", Name), "connection", true, $"Could not connect to {Name} on port {server.Port}");
    }

    private Task<ValidationResult> ValidateAsync(X509Certificate2 certificate)
    {
        server.Present(Name, certificate);
        return world.ValidateAsync("tls-alpn-01", Name);
    }
}
