using Certctl.AcmeService.Protocol;
using static Certctl.UnitTests.AcmeService.Protocol.SignedRequests;

namespace Certctl.UnitTests.AcmeService.Protocol;

public sealed class KeyChangeReaderTests
{
    private static readonly Rfc8555.AcmeAccountKey NewKey = New("ES384");

    [Fact]
    public void Good_key_change_names_account_old_key_and_new_key()
    {
        var (change, problem) = KeyChangeReader.Read(KeyChange(NewKey, Key.Jwk), Url);
        Assert.Null(problem);
        Assert.Equal((AccountUrl, Key.Thumbprint, NewKey.Thumbprint), (change!.Account, change.OldKeyThumbprint, change.NewKey.Thumbprint));
    }

    [Theory]
    [InlineData(",\"kid\":\"https://acme.example/acme/account/1\"", "no kid")]
    [InlineData(",\"nonce\":\"bm9uY2U\"", "no nonce")]
    [InlineData(",\"nonce\":null", "no nonce")]
    [InlineData(",\"crit\":[\"x\"]", "crit")]
    public void Header_may_have_neither_kid_nor_nonce_nor_crit(string more, string says) =>
        IsProblem(KeyChangeReader.Read(KeyChange(NewKey, Key.Jwk, more: more), Url).Problem, "malformed", says);

    [Fact]
    public void Url_must_be_the_outer_one() =>
        IsProblem(KeyChangeReader.Read(KeyChange(NewKey, Key.Jwk, Url + "/"), Url).Problem, "malformed", "url");

    [Fact]
    public void Jwk_is_required() => IsProblem(KeyChangeReader.Read(Body($$"""{"alg":"ES256","url":"{{Url}}"}"""), Url).Problem, "malformed", "jwk");

    [Fact]
    public void Signature_must_be_the_new_keys() => IsProblem(
        KeyChangeReader.Read(KeyChange(NewKey, Key.Jwk, jwk: New("ES384").Jwk), Url).Problem, "malformed", "signature");

    [Fact]
    public void Algorithm_must_fit_the_new_key()
    {
        var problem = KeyChangeReader.Read(KeyChange(NewKey, Key.Jwk, jwk: Key.Jwk), Url).Problem;
        IsProblem(problem, "badSignatureAlgorithm", "ES384 does not fit");
        Assert.Equal(["ES256"], problem!.Algorithms);
    }

    [Fact]
    public void Mac_is_no_signature() => IsProblem(
        KeyChangeReader.Read(Body($$"""{"alg":"HS256","jwk":{{Key.Jwk}},"url":"{{Url}}"}"""), Url).Problem, "badSignatureAlgorithm", "ES256");

    [Fact]
    public void New_key_that_cannot_be_used_is_a_bad_public_key() => IsProblem(
        KeyChangeReader.Read(KeyChange(NewKey, Key.Jwk, jwk: """{"kty":"EC","crv":"P-224"}"""), Url).Problem, "badPublicKey", "x and y");

    [Theory]
    [InlineData("{}", "account and oldKey")]
    [InlineData("""{"account":7,"oldKey":{}}""", "account")]
    [InlineData("""{"account":"a","oldKey":7}""", "jwk")]
    [InlineData("""{"account":"a"}""", "oldKey")]
    [InlineData("", "JSON")]
    public void Payload_must_name_account_and_old_key(string payload, string says) => IsProblem(
        KeyChangeReader.Read(Body($$"""{"alg":"ES256","jwk":{{Key.Jwk}},"url":"{{Url}}"}""", payload), Url).Problem, "malformed", says);

    [Theory]
    [InlineData(",\"account\":\"a\"")]
    [InlineData(",\"oldKey\":{}")]
    public void Duplicate_members_of_the_payload_are_refused(string more)
    {
        var payload = $$"""{"account":"a","oldKey":{{Key.Jwk}}{{more}}}""";
        IsProblem(KeyChangeReader.Read(Body($$"""{"alg":"ES256","jwk":{{Key.Jwk}},"url":"{{Url}}"}""", payload), Url).Problem, "malformed", more.Split('"')[1]);
    }

    [Fact]
    public void Old_key_with_a_member_twice_is_refused() => IsProblem(
        KeyChangeReader.Read(KeyChange(NewKey, Key.Jwk[..^1] + ",\"kty\":\"EC\"}"), Url).Problem, "malformed", "oldKey");

    [Fact]
    public void What_is_no_JWS_is_malformed() => IsProblem(KeyChangeReader.Read("{}"u8.ToArray(), Url).Problem, "malformed", "The inner JWS");
}
