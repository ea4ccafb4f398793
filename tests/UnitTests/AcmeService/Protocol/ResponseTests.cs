using Certctl.AcmeService.Protocol;
using static Certctl.UnitTests.AcmeService.Protocol.SignedRequests;
using Directory = Certctl.AcmeService.Protocol.Directory;

namespace Certctl.UnitTests.AcmeService.Protocol;

public sealed class ResponseTests
{
    private static readonly DateTimeOffset Instant = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(1));

    [Fact]
    public void Directory_has_the_RFCs_names_and_leaves_out_what_is_not_there()
    {
        var directory = new Directory("n", "a", "o", "z", "r", "k", null, new DirectoryMeta(null, null, ["ca.example"], true, null));
        Assert.Equal(
            """{"newNonce":"n","newAccount":"a","newOrder":"o","newAuthz":"z","revokeCert":"r","keyChange":"k","meta":{"caaIdentities":["ca.example"],"externalAccountRequired":true}}""",
            Text(Wire.Serialize(directory)));
    }

    [Fact]
    public void Order_has_instants_in_UTC_and_whole_seconds()
    {
        var order = new Order("pending", Instant, [new Identifier("dns", "*.a.example")], Instant, null, ["https://a/1"], "f", null, null, null, "short");
        Assert.Equal(
            """{"status":"pending","expires":"2026-01-02T02:04:05Z","identifiers":[{"type":"dns","value":"*.a.example"}],"notBefore":"2026-01-02T02:04:05Z","authorizations":["https://a/1"],"finalize":"f","profile":"short"}""",
            Text(Wire.Serialize(order)));
    }

    [Fact]
    public void Account_list_authorization_challenge_and_renewal_information_have_the_RFCs_names()
    {
        Assert.Equal("""{"status":"valid","contact":["mailto:a+b@example.com"],"orders":"o"}""", Text(Wire.Serialize(new Account("valid", ["mailto:a+b@example.com"], null, "o"))));
        Assert.Equal("""{"orders":[]}""", Text(Wire.Serialize(new OrdersList([]))));
        var challenge = new Challenge("http-01", "u", "valid", "t", Instant, null);
        Assert.Equal("""{"type":"http-01","url":"u","status":"valid","token":"t","validated":"2026-01-02T02:04:05Z"}""", Text(Wire.Serialize(challenge)));
        Assert.Equal(
            """{"status":"valid","expires":"2026-01-02T02:04:05Z","identifier":{"type":"dns","value":"a"},"wildcard":true,"challenges":[]}""",
            Text(Wire.Serialize(new Authorization("valid", Instant, new Identifier("dns", "a"), true, []))));
        Assert.Equal(
            """{"suggestedWindow":{"start":"2026-01-02T02:04:05Z","end":"2026-01-02T02:04:05Z"},"explanationURL":"e"}""",
            Text(Wire.Serialize(new RenewalInfo(new SuggestedWindow(Instant, Instant), "e"))));
    }

    [Fact]
    public void Problem_has_its_urn_its_subproblems_and_the_algorithms()
    {
        var identifier = new Identifier("dns", "a");
        Assert.Equal(
            """{"type":"urn:ietf:params:acme:error:rejectedIdentifier","detail":"No.","status":400,"subproblems":[{"type":"urn:ietf:params:acme:error:caa","detail":"d","identifier":{"type":"dns","value":"a"}}]}""",
            Text(Wire.Serialize(Problems.RejectedIdentifier("No.", [new Subproblem("caa", "d", identifier)]))));
        Assert.Equal(
            """{"type":"urn:ietf:params:acme:error:badSignatureAlgorithm","detail":"No.","status":400,"algorithms":["ES256"]}""",
            Text(Wire.Serialize(Problems.BadSignatureAlgorithm("No.", ["ES256"]))));
        Assert.Equal(
            """{"type":"urn:ietf:params:acme:error:userActionRequired","detail":"No.","status":403,"instance":"https://a/tos"}""",
            Text(Wire.Serialize(Problems.UserActionRequired("No.", "https://a/tos"))));
    }

    [Fact]
    public void Problem_of_an_error_column_is_what_was_put_into_it()
    {
        var problem = Problems.Compound("Several.", [new Subproblem("dns", "d", new Identifier("dns", "a"))]);
        var document = Wire.Problem(Wire.Text(problem))!;
        Assert.Equal((AcmeProblem.Prefix + "compound", "Several.", 400), (document.Type, document.Detail, document.Status));
        Assert.Equal(new SubproblemDocument(AcmeProblem.Prefix + "dns", "d", new Identifier("dns", "a")), Assert.Single(document.Subproblems!));
        Assert.Null(Wire.Problem(null));
    }

    [Fact]
    public void Identifiers_and_texts_of_columns_round_trip()
    {
        Identifier[] identifiers = [new("dns", "a"), new("ip", "::1")];
        Assert.Equal(identifiers, Wire.Identifiers(Wire.Text(identifiers)));
        Assert.Equal("""["a","b"]""", Wire.Text(["a", "b"]));
    }
}
