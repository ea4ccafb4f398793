using System.Text.Json.Nodes;
using Certctl.AcmeService.Protocol;
using static Certctl.UnitTests.AcmeService.Protocol.SignedRequests;

namespace Certctl.UnitTests.AcmeService.Protocol;

public sealed class JwsReaderTests
{
    private static readonly string[] Parts = ["protected", "payload", "signature"];

    [Theory]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("ES512")]
    [InlineData("EdDSA")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    public void Request_of_any_accepted_algorithm_is_read_and_verifies_with_its_key_alone(string algorithm)
    {
        using var key = New(algorithm);
        using var other = New(algorithm);
        var (jws, problem, nonce) = JwsReader.Read(ByKey(key, """{"a":1}"""));
        Assert.Null(problem);
        Assert.Equal((algorithm, Url, Nonce, Nonce, null), (jws!.Algorithm, jws.Url, jws.Nonce, nonce, jws.KeyId));
        Assert.Equal(key.Thumbprint, jws.Jwk!.Thumbprint);
        Assert.Equal("""{"a":1}""", Text(jws.Payload.ToArray()));
        Assert.False(jws.IsPostAsGet);
        Assert.Null(jws.AlgorithmProblem(jws.Jwk));
        Assert.True(jws.Verify(jws.Jwk.Key));
        Assert.False(jws.Verify(JwkOf(other).Key));
    }

    [Fact]
    public void Request_of_an_account_has_its_kid_and_no_jwk()
    {
        var jws = JwsReader.Read(ByAccount(Key)).Jws!;
        Assert.Equal(AccountUrl, jws.KeyId);
        Assert.Null(jws.Jwk);
        Assert.True(jws.Verify(JwkOf(Key).Key));
    }

    [Fact]
    public void Empty_payload_is_a_POST_as_GET_and_an_empty_object_is_not()
    {
        Assert.True(JwsReader.Read(ByAccount(Key, "")).Jws!.IsPostAsGet);
        Assert.False(JwsReader.Read(ByAccount(Key, "{}")).Jws!.IsPostAsGet);
    }

    /// <summary>Bits of the number say which of protected, payload and signature are the second request's.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, false)]
    [InlineData(5, false)]
    [InlineData(6, false)]
    [InlineData(7, true)]
    public void Parts_of_two_requests_of_one_key_do_not_verify_together(int fromSecond, bool verifies)
    {
        var (mixed, second) = (JsonNode.Parse(ByAccount(Key))!.AsObject(), JsonNode.Parse(ByKey(Key, """{"a":1}"""))!.AsObject());
        foreach (var (bit, member) in Parts.Index())
            if ((fromSecond >> bit & 1) == 1) mixed[member] = (string)second[member]!;
        Assert.Equal(verifies, JwsReader.Read(Bytes(mixed.ToJsonString())).Jws!.Verify(JwkOf(Key).Key));
    }

    [Fact]
    public void Missing_nonce_is_left_to_the_caller()
    {
        var reading = JwsReader.Read(Body($$"""{"alg":"ES256","kid":"{{AccountUrl}}","url":"{{Url}}"}"""));
        Assert.NotNull(reading.Jws);
        Assert.Null(reading.Jws.Nonce);
        Assert.Null(reading.Nonce);
    }

    [Theory]
    [InlineData("\"typ\":\"\"")]
    [InlineData("\"typ\":\"application/jose+json\"")]
    [InlineData("\"typ\":\"jose+json\"")]
    [InlineData("\"x5u\":\"https://elsewhere.example/\"")]
    public void Header_may_have_a_fitting_typ_and_members_that_are_not_critical(string members) => Assert.NotNull(JwsReader.Read(Body(HeaderWith(members))).Jws);

    [Theory]
    [InlineData("\"jwk\":{}", "a jwk or a kid, and not both")]
    [InlineData("\"jwk\":null", "a jwk or a kid, and not both")]
    [InlineData("\"crit\":[\"b64\"]", "crit")]
    [InlineData("\"crit\":[]", "crit")]
    [InlineData("\"b64\":false", "b64")]
    [InlineData("\"b64\":true", "b64")]
    [InlineData("\"typ\":\"JWT\"", "typ")]
    [InlineData("\"typ\":7", "typ")]
    [InlineData("\"alg\":\"ES256\"", "The protected header")]
    [InlineData("\"x\":{\"a\":1,\"a\":2}", "The protected header")]
    [InlineData("\"x\":[[[[[[[[[1]]]]]]]]]", "The protected header")]
    [InlineData("\"x\":\"\\ud800\"", "The protected header")]
    [InlineData("\"\\udc00\":1", "The protected header")]
    public void Header_that_is_more_than_a_request_needs_is_refused(string members, string says) =>
        IsProblem(JwsReader.Read(Body(HeaderWith(members))).Problem, "malformed", says);

    [Theory]
    [InlineData("""{"alg":"ES256","nonce":"bm9uY2U","url":"https://a.example/"}""", "a jwk or a kid")]
    [InlineData("""{"alg":"ES256","kid":7,"url":"https://a.example/"}""", "kid")]
    [InlineData("""{"alg":"ES256","kid":"","url":"https://a.example/"}""", "kid")]
    [InlineData("""{"alg":"ES256","kid":"a","nonce":"bm9uY2U"}""", "url")]
    [InlineData("""{"alg":"ES256","kid":"a","url":["https://a.example/"]}""", "url")]
    [InlineData("""{"alg":"ES256","kid":"a","url":"https://a.example/","nonce":"bm9uY2V"}""", "nonce")]
    [InlineData("""{"alg":"ES256","kid":"a","url":"https://a.example/","nonce":"bm9uY2U="}""", "nonce")]
    [InlineData("""{"alg":"ES256","kid":"a","url":"https://a.example/","nonce":""}""", "nonce")]
    [InlineData("""{"alg":"ES256","kid":"a","url":"https://a.example/","nonce":7}""", "nonce")]
    [InlineData("""{"kid":"a","url":"https://a.example/"}""", "alg")]
    [InlineData("""["alg"]""", "The protected header")]
    [InlineData("7", "The protected header")]
    [InlineData("", "The protected header")]
    public void Header_that_is_less_than_a_request_needs_is_refused(string header, string says) =>
        IsProblem(JwsReader.Read(Body(header)).Problem, "malformed", says);

    [Theory]
    [InlineData("\"none\"")]
    [InlineData("\"HS256\"")]
    [InlineData("\"ES256K\"")]
    [InlineData("\"es256\"")]
    [InlineData("null")]
    [InlineData("[\"ES256\"]")]
    public void Other_algorithms_are_refused_with_those_that_are_accepted(string alg)
    {
        var (_, problem, nonce) = JwsReader.Read(Body($$"""{"alg":{{alg}},"kid":"a","url":"{{Url}}","nonce":"{{Nonce}}"}"""));
        IsProblem(problem, "badSignatureAlgorithm", "ES256");
        Assert.Equal(["ES256", "ES384", "ES512", "EdDSA", "PS256", "RS256"], problem!.Algorithms);
        Assert.Equal(Nonce, nonce);
    }

    [Fact]
    public void Algorithm_that_does_not_fit_the_key_is_refused_with_those_that_do()
    {
        using var rsa = New("RS256");
        var jws = JwsReader.Read(Body(rsa, $$"""{"alg":"ES256","jwk":{{rsa.Jwk}},"url":"{{Url}}"}""")).Jws!;
        var problem = jws.AlgorithmProblem(jws.Jwk!);
        IsProblem(problem, "badSignatureAlgorithm", "ES256 does not fit");
        Assert.Equal(["PS256", "RS256"], problem!.Algorithms!.Order());
        Assert.False(jws.Verify(jws.Jwk!.Key));
    }

    [Fact]
    public void Key_that_cannot_be_used_is_a_bad_public_key() => IsProblem(
        JwsReader.Read(Body($$"""{"alg":"ES256","jwk":{"kty":"oct","x":"AA"},"url":"{{Url}}"}""")).Problem, "badPublicKey", "kty");

    [Theory]
    [InlineData("\"crit\":[\"x\"]")]
    [InlineData("\"jwk\":{}")]
    public void Nonce_is_told_also_when_the_header_is_refused(string members)
    {
        var reading = JwsReader.Read(Body(HeaderWith(members)));
        Assert.NotNull(reading.Problem);
        Assert.Equal(Nonce, reading.Nonce);
    }

    [Theory]
    [InlineData("\"signature\":\"AA=\"")]
    [InlineData("\"signature\":\"\"")]
    [InlineData("\"signature\":\"AA\",\"header\":{}")]
    [InlineData("\"signature\":\"AA\",\"other\":1")]
    [InlineData("\"other\":1")]
    public void Nonce_is_told_also_when_another_member_is_refused(string members)
    {
        var reading = JwsReader.Read(Bytes($$"""{"protected":"{{Base64(HeaderWith("\"x\":1"))}}","payload":"",{{members}}}"""));
        Assert.Null(reading.Jws);
        IsProblem(reading.Problem, "malformed", "");
        Assert.Equal(Nonce, reading.Nonce);
    }
}
