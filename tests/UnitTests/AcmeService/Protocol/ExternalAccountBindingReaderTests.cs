using System.Buffers.Text;
using System.Text.Json;
using Certctl.AcmeService.Protocol;
using Certctl.Rfc8555;
using static Certctl.UnitTests.AcmeService.Protocol.SignedRequests;
using Writer = Certctl.Rfc8555.Jws;

namespace Certctl.UnitTests.AcmeService.Protocol;

public sealed class ExternalAccountBindingReaderTests
{
    private static readonly byte[] MacKey = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray();

    [Theory]
    [InlineData("HS256")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    public void Binding_verifies_with_its_mac_key_alone(string algorithm)
    {
        var external = new ExternalAccount("eab-1", Base64Url.EncodeToString(MacKey), algorithm);
        var (binding, problem) = Read(external.Bind(Key, Url));
        Assert.Null(problem);
        Assert.Equal("eab-1", binding!.KeyId);
        Assert.True(binding.Verify(MacKey));
        Assert.False(binding.Verify([.. MacKey[..^1], 0xff]));
        Assert.False(binding.Verify([]));
    }

    [Fact]
    public void Mac_cut_short_does_not_verify()
    {
        var cut = Writer.Flattened(
            $$"""{"alg":"HS256","kid":"eab-1","url":"{{Url}}"}""", Bytes(Key.Jwk), input => System.Security.Cryptography.HMACSHA256.HashData(MacKey, input)[..16]);
        Assert.False(Read(cut).Binding!.Verify(MacKey));
    }

    [Theory]
    [InlineData("""{"alg":"HS256","url":"URL"}""", "kid")]
    [InlineData("""{"alg":"HS256","kid":7,"url":"URL"}""", "kid")]
    [InlineData("""{"alg":"HS256","kid":"","url":"URL"}""", "kid")]
    [InlineData("""{"alg":"HS256","kid":"k\u0000","url":"URL"}""", "kid")]
    [InlineData("""{"alg":"HS256","kid":"k","url":"URL","nonce":"bm9uY2U"}""", "nonce")]
    [InlineData("""{"alg":"HS256","kid":"k","url":"URL","jwk":{}}""", "jwk")]
    [InlineData("""{"alg":"HS256","kid":"k","url":"URL","crit":["x"]}""", "crit")]
    [InlineData("""{"alg":"HS256","kid":"k","url":"URL/"}""", "url")]
    [InlineData("""{"alg":"HS256","kid":"k"}""", "url")]
    [InlineData("""{"kid":"k","url":"URL"}""", "alg")]
    public void Header_must_be_as_the_RFC_has_it(string header, string says) => IsProblem(Read(WithHeader(header)).Problem, "malformed", says);

    [Theory]
    [InlineData("ES256")]
    [InlineData("none")]
    [InlineData("HS1")]
    public void Only_macs_are_accepted(string algorithm)
    {
        var problem = Read(WithHeader($$"""{"alg":"{{algorithm}}","kid":"k","url":"URL"}""")).Problem;
        IsProblem(problem, "badSignatureAlgorithm", "HS256");
        Assert.Equal(["HS256", "HS384", "HS512"], problem!.Algorithms);
    }

    [Fact]
    public void Key_id_has_at_most_128_characters()
    {
        Assert.NotNull(Read(WithHeader($$"""{"alg":"HS256","kid":"{{new string('k', 128)}}","url":"URL"}""")).Binding);
        IsProblem(Read(WithHeader($$"""{"alg":"HS256","kid":"{{new string('k', 129)}}","url":"URL"}""")).Problem, "malformed", "kid");
    }

    [Fact]
    public void Payload_may_hold_the_accounts_key_in_any_order_of_members()
    {
        var reordered = string.Join(",", Key.Jwk.Trim('{', '}').Split(',').Reverse());
        Assert.NotNull(Read(WithHeader("""{"alg":"HS256","kid":"k","url":"URL"}""", $"{{{reordered},\"use\":\"sig\"}}")).Binding);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"kty":"\ud800"}""")]
    [InlineData("""{"crv":"P-256","kty":"EC","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}""")]
    public void Payload_must_be_the_accounts_key(string payload) => IsProblem(
        Read(WithHeader("""{"alg":"HS256","kid":"k","url":"URL"}""", payload)).Problem, "malformed", "payload");

    [Fact]
    public void Duplicate_members_are_refused_at_every_level()
    {
        const string header = """{"alg":"HS256","kid":"k","url":"URL"}""";
        IsProblem(Read(WithHeader("""{"alg":"HS256","kid":"k","kid":"k","url":"URL"}""")).Problem, "malformed", "protected header");
        IsProblem(Read(WithHeader(header, $"{Key.Jwk[..^1]},\"kty\":\"EC\"}}")).Problem, "malformed", "payload");
        var twice = Text(WithHeader(header))[..^1] + ",\"signature\":\"AQID\"}";
        IsProblem(Wire.Read<NewAccount>(Bytes($$"""{"externalAccountBinding":{{twice}}}"""), out _), "malformed", "externalAccountBinding");
    }

    [Theory]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\"e30\"")]
    public void What_is_no_JWS_is_malformed(string binding) => IsProblem(Read(Bytes(binding)).Problem, "malformed", "The external account binding");

    private static byte[] WithHeader(string header, string? payload = null) =>
        Writer.Flattened(header.Replace("URL", Url, StringComparison.Ordinal), Bytes(payload ?? Key.Jwk), _ => [1, 2, 3]);

    private static (ExternalAccountBinding? Binding, AcmeProblem? Problem) Read(byte[] binding)
    {
        var unreadable = Wire.Read<NewAccount>(Bytes($$"""{"externalAccountBinding":{{Text(binding)}}}"""), out var request);
        Assert.Null(unreadable);
        return ExternalAccountBindingReader.Read(request.ExternalAccountBinding!.Value, Url, JwkOf(Key));
    }
}
