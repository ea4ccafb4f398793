using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Certctl.AcmeService.Protocol;
using Certctl.Rfc8555;
using Writer = Certctl.Rfc8555.Jws;

namespace Certctl.UnitTests.AcmeService.Protocol;

/// <summary>Request bodies, good and bad, and the keys that sign them.</summary>
internal static class SignedRequests
{
    public const string Url = "https://acme.example/acme/new-order";
    public const string AccountUrl = "https://acme.example/acme/account/1";
    public const string Nonce = "bm9uY2U";

    public static readonly AcmeAccountKey Key = AcmeAccountKey.Es256();

    public static byte[] ByAccount(AcmeAccountKey key, string payload = "{}") =>
        Body(key, $$"""{"alg":"{{key.Algorithm}}","kid":"{{AccountUrl}}","nonce":"{{Nonce}}","url":"{{Url}}"}""", payload);

    public static byte[] ByKey(AcmeAccountKey key, string payload = "{}") =>
        Body(key, $$"""{"alg":"{{key.Algorithm}}","jwk":{{key.Jwk}},"nonce":"{{Nonce}}","url":"{{Url}}"}""", payload);

    public static byte[] Body(string header, string payload = "{}") => Body(Key, header, payload);

    public static byte[] Body(AcmeAccountKey key, string header, string payload = "{}") => Writer.Flattened(header, Encoding.UTF8.GetBytes(payload), key.Sign);

    /// <summary>A header with everything it needs, and these members besides.</summary>
    public static string HeaderWith(string members) =>
        $$"""{"alg":"ES256","kid":"{{AccountUrl}}","nonce":"{{Nonce}}","url":"{{Url}}",{{members}}}""";

    /// <summary>The inner JWS of a key change.</summary>
    public static byte[] KeyChange(AcmeAccountKey newKey, string oldJwk, string url = Url, string more = "", string? jwk = null) => Body(
        newKey, $$"""{"alg":"{{newKey.Algorithm}}","jwk":{{jwk ?? newKey.Jwk}},"url":"{{url}}"{{more}}}""", $$"""{"account":"{{AccountUrl}}","oldKey":{{oldJwk}}}""");

    public static string Text(byte[] utf8) => Encoding.UTF8.GetString(utf8);

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Base64(string text) => Base64Url.EncodeToString(Bytes(text));

    public static Jwk JwkOf(AcmeAccountKey key) => JwkOf(key.Jwk);

    public static Jwk JwkOf(string json)
    {
        var (key, problem) = Jwk.Parse(JsonElement.Parse(json));
        Assert.Null(problem);
        return key!;
    }

    public static AcmeAccountKey New(string algorithm) => algorithm switch
    {
        "ES256" => AcmeAccountKey.Es256(),
        "ES384" => AcmeAccountKey.Es384(),
        "ES512" => AcmeAccountKey.Es512(),
        "EdDSA" => AcmeAccountKey.EdDsa(),
        "PS256" => AcmeAccountKey.Ps256(),
        _ => AcmeAccountKey.Rs256(),
    };

    public static void IsProblem(AcmeProblem? problem, string type, string says)
    {
        Assert.NotNull(problem);
        Assert.Equal(type, problem.Type);
        Assert.Contains(says, problem.Detail, StringComparison.Ordinal);
    }
}
