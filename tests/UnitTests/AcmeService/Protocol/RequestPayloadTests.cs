using Certctl.AcmeService.Protocol;
using static Certctl.UnitTests.AcmeService.Protocol.SignedRequests;

namespace Certctl.UnitTests.AcmeService.Protocol;

public sealed class RequestPayloadTests
{
    [Fact]
    public void New_account_is_read()
    {
        var account = Good<NewAccount>("""{"contact":["mailto:a@example.com"],"termsOfServiceAgreed":true,"onlyReturnExisting":true,"externalAccountBinding":{"a":1}}""");
        Assert.Equal(["mailto:a@example.com"], account.Contact!);
        Assert.True(account.TermsOfServiceAgreed && account.OnlyReturnExisting);
        Assert.Equal(1, account.ExternalAccountBinding!.Value.GetProperty("a").GetInt32());
        Assert.Equal(new NewAccount(), Good<NewAccount>("{}"));
    }

    [Fact]
    public void New_order_is_read()
    {
        var order = Good<NewOrder>("""{"identifiers":[{"type":"dns","value":"a.example"},{"value":"::1","type":"ip"}],"notBefore":"2026-01-02T03:04:05Z","replaces":"a.b","profile":"short"}""");
        Assert.Equal([new Identifier("dns", "a.example"), new Identifier("ip", "::1")], order.Identifiers!);
        Assert.Equal((new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), null, "a.b", "short"), (order.NotBefore, order.NotAfter, order.Replaces, order.Profile));
    }

    [Fact]
    public void Smaller_requests_are_read()
    {
        Assert.Equal(new AccountUpdate(null, "deactivated"), Good<AccountUpdate>("""{"status":"deactivated"}"""));
        Assert.Equal(new AuthorizationUpdate("deactivated"), Good<AuthorizationUpdate>("""{"status":"deactivated"}"""));
        Assert.Equal(new NewAuthorization(new Identifier("dns", "a")), Good<NewAuthorization>("""{"identifier":{"type":"dns","value":"a"}}"""));
        Assert.Equal(new Finalize("AAAA"), Good<Finalize>("""{"csr":"AAAA"}"""));
        Assert.Equal(new RevokeCert("AAAA", 4), Good<RevokeCert>("""{"certificate":"AAAA","reason":4}"""));
        Assert.Equal(new RevokeCert("AAAA"), Good<RevokeCert>("""{"certificate":"AAAA","reason":null}"""));
        Assert.Equal(new ChallengeResponse(), Good<ChallengeResponse>("""{"keyAuthorization":"of old clients"}"""));
    }

    [Fact]
    public void Members_that_are_not_known_are_ignored() =>
        Assert.Equal("AAAA", Good<Finalize>("""{"resource":"new-cert","csr":"AAAA","CSR":7,"deep":{"a":[{"b":[1]}]}}""").Csr);

    [Theory]
    [InlineData("""{"contact":"mailto:a@example.com"}""", "contact ")]
    [InlineData("""{"contact":[7]}""", "contact[0] ")]
    [InlineData("""{"contact":["mailto:a@example.com",null]}""", "contact ")]
    [InlineData("""{"termsOfServiceAgreed":"true"}""", "termsOfServiceAgreed ")]
    [InlineData("""{"termsOfServiceAgreed":null}""", "termsOfServiceAgreed ")]
    [InlineData("""{"onlyReturnExisting":1}""", "onlyReturnExisting ")]
    public void Wrong_member_of_a_new_account_is_named(string json, string says) => Bad<NewAccount>(json, says);

    [Theory]
    [InlineData("""{"identifiers":{}}""", "identifiers ")]
    [InlineData("""{"identifiers":[null]}""", "identifiers ")]
    [InlineData("""{"identifiers":[{"type":"dns","value":7}]}""", "identifiers[0].value ")]
    [InlineData("""{"identifiers":[{"type":"dns","value":"a"},{"type":"dns","value":null}]}""", "identifiers[1].value ")]
    [InlineData("""{"identifiers":[{"type":"dns"}]}""", "identifiers[0] ")]
    [InlineData("""{"identifiers":[{"type":"dns","type":"ip","value":"a"}]}""", "identifiers[0]")]
    [InlineData("""{"notBefore":7}""", "notBefore ")]
    [InlineData("""{"notAfter":"tomorrow"}""", "notAfter ")]
    [InlineData("""{"replaces":[]}""", "replaces ")]
    [InlineData("""{"profile":{}}""", "profile ")]
    [InlineData("{}", "with identifiers")]
    public void Wrong_member_of_a_new_order_is_named(string json, string says) => Bad<NewOrder>(json, says);

    [Theory]
    [InlineData("""{"reason":1}""", "with certificate")]
    [InlineData("""{"certificate":null}""", "certificate ")]
    [InlineData("""{"certificate":"A","reason":"1"}""", "reason ")]
    [InlineData("""{"certificate":"A","reason":1.5}""", "reason ")]
    [InlineData("""{"certificate":"A","reason":99999999999999999999}""", "reason ")]
    [InlineData("""{"certificate":"A","certificate":"A"}""", "certificate ")]
    [InlineData("""{"certificate":"\ud800"}""", "UTF-8")]
    [InlineData("""{"certificate":"A","\udc00":1}""", "UTF-8")]
    [InlineData("""{"certificate":"A","x":[[[[[[[[[]]]]]]]]]}""", "payload")]
    [InlineData("""{"certificate":"A"} 7""", "JSON object")]
    [InlineData("""{"certificate":"A",}""", "payload")]
    [InlineData("""["certificate"]""", "JSON object with certificate")]
    [InlineData("null", "JSON object")]
    [InlineData("", "JSON object")]
    public void Wrong_revocation_is_told_what_it_must_be(string json, string says) => Bad<RevokeCert>(json, says);

    [Fact]
    public void Names_that_a_client_made_up_are_not_repeated_to_it()
    {
        var name = new string('x', 5_000) + "<script>";
        Assert.True(Wire.Read<Finalize>(Bytes($$"""{"{{name}}":{{{"}}"}}"""), out _)!.Detail.Length < 200);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_refused() =>
        IsProblem(Wire.Read<Finalize>((byte[])[.. "{\"csr\":\""u8, 0xc0, 0x80, .. "\"}"u8], out _), "malformed", "UTF-8");

    private static T Good<T>(string json) where T : class
    {
        Assert.Null(Wire.Read<T>(Bytes(json), out var payload));
        return payload;
    }

    private static void Bad<T>(string json, string says) where T : class => IsProblem(Wire.Read<T>(Bytes(json), out _), "malformed", says);
}
