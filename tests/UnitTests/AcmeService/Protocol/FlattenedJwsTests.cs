using Certctl.AcmeService.Protocol;
using static Certctl.UnitTests.AcmeService.Protocol.SignedRequests;

namespace Certctl.UnitTests.AcmeService.Protocol;

public sealed class FlattenedJwsTests
{
    private static readonly string Protected = Base64(HeaderWith("\"x\":1"));

    [Fact]
    public void Header_payload_signature_and_signing_input_are_taken_apart()
    {
        var (jws, problem, _) = FlattenedJws.Read(Bytes($$""" { "payload" : "e30", "signature":"AQID", "protected":"{{Protected}}" } """));
        Assert.Null(problem);
        Assert.Equal("{}"u8, jws!.Payload);
        Assert.Equal([1, 2, 3], jws.Signature);
        Assert.Equal($"{Protected}.e30", Text(jws.SigningInput));
        Assert.Equal(Url, jws.Text("url"));
        Assert.Null(jws.Text("x"));
    }

    [Theory]
    [InlineData("\"payload\":\"e30\",\"signature\":\"AQID\",\"header\":{\"alg\":\"none\"}", "unprotected header")]
    [InlineData("\"payload\":\"e30\",\"signatures\":[]", "exactly one signature")]
    [InlineData("\"payload\":\"e30\",\"signature\":\"AQID\",\"extra\":1", "no others")]
    [InlineData("\"signature\":\"AQID\"", "must be texts")]
    [InlineData("\"payload\":\"e30\"", "must be texts")]
    [InlineData("\"payload\":null,\"signature\":\"AQID\"", "must be texts")]
    [InlineData("\"payload\":\"e30\",\"signature\":[\"AQID\"]", "must be texts")]
    [InlineData("\"payload\":\"e30=\",\"signature\":\"AQID\"", "payload")]
    [InlineData("\"payload\":\"e31\",\"signature\":\"AQID\"", "payload")]
    [InlineData("\"payload\":\"e3 0\",\"signature\":\"AQID\"", "payload")]
    [InlineData("\"payload\":\"e30\",\"signature\":\"AQI+\"", "signature")]
    [InlineData("\"payload\":\"e30\",\"signature\":\"\"", "signature")]
    [InlineData("\"payload\":\"e30\",\"payload\":\"e30\",\"signature\":\"AQID\"", "flattened")]
    [InlineData("\"payload\":\"e30\",\"p\\u0061yload\":\"e30\",\"signature\":\"AQID\"", "flattened")]
    [InlineData("\"payload\":\"\\ud800\",\"signature\":\"AQID\"", "flattened")]
    [InlineData("\"payload\":\"e30\",\"signature\":\"AQID\",", "flattened")]
    public void Other_members_are_refused(string members, string says) =>
        IsProblem(FlattenedJws.Read(Bytes($$"""{"protected":"{{Protected}}",{{members}}}""")).Problem, "malformed", says);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30.AQID")]
    [InlineData("{} {}")]
    [InlineData("{/**/}")]
    [InlineData("\uFEFF{}")]
    public void What_is_no_JSON_object_is_refused(string body) => IsProblem(FlattenedJws.Read(Bytes(body)).Problem, "malformed", "");

    [Fact]
    public void Signature_longer_than_any_key_makes_is_refused() => IsProblem(
        FlattenedJws.Read(Bytes($$"""{"protected":"{{Protected}}","payload":"","signature":"{{new string('A', 1028)}}"}""")).Problem, "malformed", "signature");

    [Fact]
    public void Bytes_that_are_no_UTF8_are_refused()
    {
        var body = Bytes($$"""{"protected":"{{Protected}}","payload":"","signature":"AQID","?":1}""");
        body[Array.IndexOf(body, (byte)'?')] = 0xff;
        IsProblem(FlattenedJws.Read(body).Problem, "malformed", "flattened");
    }

    [Fact]
    public void Deep_nesting_is_refused() => IsProblem(
        FlattenedJws.Read(Bytes("{\"a\":" + new string('[', 50_000) + new string(']', 50_000) + "}")).Problem, "malformed", "flattened");
}
