using System.Buffers.Text;
using System.Text.Json;
using Certctl.AcmeService.Protocol;
using static Certctl.UnitTests.AcmeService.Protocol.SignedRequests;

namespace Certctl.UnitTests.AcmeService.Protocol;

public sealed class JwkTests
{
    private const string X = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    private const string Y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

    [Theory]
    [InlineData("ES256", "ES256")]
    [InlineData("ES384", "ES384")]
    [InlineData("ES512", "ES512")]
    [InlineData("EdDSA", "EdDSA")]
    [InlineData("RS256", "RS256,PS256")]
    public void Canonical_JSON_and_thumbprint_are_another_implementations_and_round_trip(string algorithm, string fit)
    {
        using var key = New(algorithm);
        var jwk = JwkOf(key);
        Assert.Equal(key.Jwk, jwk.Json);
        Assert.Equal(key.Thumbprint, jwk.Thumbprint);
        Assert.Equal(fit.Split(','), jwk.Key.Algorithms);
        var stored = Jwk.FromStored(jwk.Json);
        Assert.Equal((jwk.Json, jwk.Thumbprint), (stored.Json, stored.Thumbprint));
        Assert.Equal(jwk.Key.SubjectPublicKeyInfo.ToArray(), stored.Key.SubjectPublicKeyInfo.ToArray());
    }

    [Fact]
    public void Members_that_are_not_required_change_nothing()
    {
        var jwk = JwkOf($$"""{"use":"enc","kid":"1","y":"{{Y}}","x":"{{X}}","alg":7,"kty":"EC","crv":"P-256","n":"AQAB"}""");
        Assert.Equal($$"""{"crv":"P-256","kty":"EC","x":"{{X}}","y":"{{Y}}"}""", jwk.Json);
    }

    [Theory]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"X","y":"Y","d":"AA"}""", "private")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"X","y":"Y","d":null}""", "private")]
    [InlineData("""{"kty":"oct","k":"AAAA"}""", "private")]
    [InlineData("""{"kty":"oct"}""", "kty")]
    [InlineData("""{"crv":"P-256","x":"X","y":"Y"}""", "kty")]
    [InlineData("""{"kty":["EC"],"crv":"P-256","x":"X","y":"Y"}""", "kty")]
    [InlineData("""{"kty":"ec","crv":"P-256","x":"X","y":"Y"}""", "kty")]
    [InlineData("""{"kty":"EC","crv":"secp256k1","x":"X","y":"Y"}""", "curve")]
    [InlineData("""{"kty":"EC","x":"X","y":"Y"}""", "curve")]
    [InlineData("""{"kty":"EC","crv":"P-384","x":"X","y":"Y"}""", "48 octets")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"Y","y":"X"}""", "P-256")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"X"}""", "x and y")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"X","y":7}""", "x and y")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"X=","y":"Y"}""", "x and y")]
    [InlineData("""{"kty":"OKP","crv":"Ed448","x":"X"}""", "Ed25519")]
    [InlineData("""{"kty":"OKP","crv":"X25519","x":"X"}""", "Ed25519")]
    [InlineData("""{"kty":"OKP","crv":"Ed25519"}""", "have x ")]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"AAAA"}""", "32 octets")]
    [InlineData("""{"kty":"RSA","n":"AQAB"}""", "n and e")]
    [InlineData("""{"kty":"RSA","e":"AQAB","n":"AQAB"}""", "bits")]
    public void What_is_wrong_with_a_key_is_named(string json, string says) => IsProblem(
        Jwk.Parse(JsonElement.Parse(json.Replace("\"X", $"\"{X}", StringComparison.Ordinal).Replace("\"Y", $"\"{Y}", StringComparison.Ordinal)
            .Replace($"\"{X}25519", "\"X25519", StringComparison.Ordinal))).Problem, "badPublicKey", says);

    [Theory]
    [InlineData("d")]
    [InlineData("p")]
    [InlineData("q")]
    [InlineData("dp")]
    [InlineData("dq")]
    [InlineData("qi")]
    [InlineData("oth")]
    [InlineData("k")]
    public void Private_members_are_refused(string member) =>
        IsProblem(Jwk.Parse(JsonElement.Parse($$"""{{Key.Jwk[..^1]}},"{{member}}":"AA"}""")).Problem, "badPublicKey", "private");

    [Theory]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"EC\"")]
    public void What_is_no_object_is_malformed(string json) => IsProblem(Jwk.Parse(JsonElement.Parse(json)).Problem, "malformed", "jwk");

    [Fact]
    public void Member_longer_than_any_key_has_is_refused_before_it_is_computed_with() => IsProblem(
        Jwk.Parse(JsonElement.Parse($$"""{"kty":"RSA","e":"AQAB","n":"{{new string('B', 50_000)}}"}""")).Problem, "badPublicKey", "n and e");

    [Fact]
    public void Number_with_a_leading_zero_is_refused_since_its_thumbprint_would_be_another()
    {
        using var key = New("RS256");
        var n = JsonElement.Parse(key.Jwk).GetProperty("n").GetString()!;
        var padded = Base64Url.EncodeToString([0, .. Base64Url.DecodeFromChars(n)]);
        IsProblem(Jwk.Parse(JsonElement.Parse($$"""{"kty":"RSA","e":"AQAB","n":"{{padded}}"}""")).Problem, "badPublicKey", "leading zeros");
        IsProblem(Jwk.Parse(JsonElement.Parse($$"""{"kty":"RSA","e":"AAEAAQ","n":"{{n}}"}""")).Problem, "badPublicKey", "leading zeros");
    }

    [Fact]
    public void Stored_text_that_is_no_key_is_a_bug() => Assert.Throws<InvalidOperationException>(() => Jwk.FromStored("{}"));
}
