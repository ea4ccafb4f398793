using System.Net;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>RFC 8555 6: what every resource keeps to.</summary>
[Collection(AcmeServer.Name)]
public sealed class HttpRulesTests(AcmeServer server)
{
    [Fact]
    public async Task The_directory_names_every_resource_below_itself_and_the_shorthand_mirrors_the_default_profile()
    {
        var client = server.Stranger("prof-test");
        var directory = (await client.GetAsync(server.Directory("prof-test"))).Ensured();
        Assert.Equal("application/json", directory.ContentType);
        var prefix = server.Directory("prof-test").Replace("directory", "", StringComparison.Ordinal);
        string[] names = ["newNonce", "newAccount", "newOrder", "newAuthz", "revokeCert", "keyChange", "renewalInfo"];
        Assert.All(names, name => Assert.StartsWith(prefix, directory.Member(name), StringComparison.Ordinal));
        var shorthand = (await client.GetAsync(new Uri(server.Base, "/acme/directory").ToString())).Ensured();
        Assert.Equal(new Uri(server.Base, "/acme/new-order").ToString(), shorthand.Member("newOrder"));
        var eab = (await client.GetAsync(server.Directory("prof-eab"))).Ensured();
        Assert.True(eab.Json.GetProperty("meta").GetProperty("externalAccountRequired").GetBoolean());
    }

    [Fact]
    public async Task Unknown_profiles_and_paths_are_problems_and_not_pages()
    {
        var client = server.Stranger("prof-test");
        (await client.GetAsync(server.Directory("prof-nowhere"))).Refused(HttpStatusCode.NotFound, "userActionRequired");
        (await client.GetAsync(server.Directory("prof-test") + "/nowhere")).Refused(HttpStatusCode.NotFound, "malformed");
    }

    [Fact]
    public async Task New_nonce_answers_head_and_get_with_an_unguessable_nonce_that_no_cache_keeps()
    {
        var url = server.Directory("prof-test").Replace("directory", "new-nonce", StringComparison.Ordinal);
        using var head = new HttpRequestMessage(HttpMethod.Head, url);
        using var first = await server.Shared.SendAsync(head, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        using var second = await server.Shared.GetAsync(new Uri(url), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, second.StatusCode);
        Assert.Equal("no-store", second.Headers.CacheControl!.ToString());
        Assert.NotEqual(first.Headers.GetValues("Replay-Nonce").Single(), second.Headers.GetValues("Replay-Nonce").Single());
    }

    [Fact]
    public async Task Directory_and_new_nonce_are_read_by_post_as_get_as_well()
    {
        var client = await server.Account("prof-test");
        Assert.NotNull((await client.PostAsync(server.Directory("prof-test"), null)).Ensured().Member("newOrder"));
        Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsync((await client.GetDirectoryAsync()).NewNonce, null)).Status);
    }

    [Fact]
    public async Task A_plain_get_of_a_resource_is_not_allowed()
    {
        var client = await server.Account();
        var order = await client.Order(Flows.Fresh());
        foreach (var url in (string[])[order.Location!, order.Members("authorizations")[0], client.AccountUrl!, (await client.GetDirectoryAsync()).NewOrder])
        {
            var refused = (await client.GetAsync(url)).Refused(HttpStatusCode.MethodNotAllowed, "malformed");
            Assert.Contains("POST", refused.ContentHeaders.Allow);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("application/json")]
    [InlineData("application/jose")]
    public async Task Another_media_type_is_refused(string type)
    {
        var client = await server.Account();
        (await client.PostAsync(client.AccountUrl!, null, new AcmeRequest { ContentType = type })).Refused(HttpStatusCode.UnsupportedMediaType, "malformed");
    }

    [Fact]
    public async Task A_body_of_more_than_64_KiB_is_refused()
    {
        var client = await server.Account();
        (await client.PostAsync(client.AccountUrl!, null, new AcmeRequest { Body = _ => new byte[70_000] })).Refused(HttpStatusCode.RequestEntityTooLarge, "malformed");
    }

    [Fact]
    public async Task A_url_that_is_not_the_requests_is_unauthorized()
    {
        var client = await server.Account();
        (await client.PostAsync(client.AccountUrl!, null, new AcmeRequest { Url = client.AccountUrl + "/orders" })).Refused(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task A_nonce_is_spent_whatever_was_wrong_with_its_request_and_the_error_brings_a_fresh_one()
    {
        var client = await server.Account();
        AcmeRequest[] wrong =
        [
            new() { Signature = s => { s[^1] ^= 1; return s; } },
            new() { Url = "https://localhost/elsewhere" },
            new() { MoreHeader = "\"crit\":[\"exp\"]" },
            new() { Algorithm = "HS256" },
            new() { Kid = client.AccountUrl + "x" },
            new() { Kid = client.AccountUrl + "\0" },
        ];
        foreach (var departing in wrong)
        {
            var nonce = await client.NewNonceAsync();
            var refused = await client.PostAsync(client.AccountUrl!, null, departing with { Nonce = nonce, RetryBadNonce = false });
            Assert.InRange((int)refused.Status, 400, 499);
            Assert.NotNull(refused.Nonce);
            var replay = await client.PostAsync(client.AccountUrl!, null, new AcmeRequest { Nonce = nonce, RetryBadNonce = false });
            Assert.Equal("JWS has an invalid anti-replay nonce", replay.Refused(HttpStatusCode.BadRequest, "badNonce").Member("detail"));
        }
    }

    [Fact]
    public async Task A_made_up_nonce_and_none_at_all_are_bad()
    {
        var client = await server.Account();
        foreach (var nonce in (string[])["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAA", ""])
        {
            var departing = nonce.Length == 0
                ? new AcmeRequest { ProtectedHeader = $$"""{"alg":"ES256","kid":"{{client.AccountUrl}}","url":"{{client.AccountUrl}}"}""", RetryBadNonce = false }
                : new AcmeRequest { Nonce = nonce, RetryBadNonce = false };
            (await client.PostAsync(client.AccountUrl!, null, departing)).Refused(HttpStatusCode.BadRequest, "badNonce");
        }
    }

    [Fact]
    public async Task Signatures_that_are_not_accepted_list_those_that_are()
    {
        var client = await server.Account();
        foreach (var algorithm in (string[])["none", "HS256", "RS1", "ES256K"])
        {
            var refused = (await client.PostAsync(client.AccountUrl!, null, new AcmeRequest { Algorithm = algorithm })).Refused(HttpStatusCode.BadRequest, "badSignatureAlgorithm");
            Assert.Contains("ES256", refused.Members("algorithms"));
        }
    }

    [Fact]
    public async Task A_payload_where_none_belongs_and_none_where_one_does_are_malformed()
    {
        var client = await server.Account();
        var order = await client.Order(Flows.Fresh());
        (await client.PostAsync(order.Location!, "{}")).Refused(HttpStatusCode.BadRequest, "malformed");
        (await client.PostAsync((await client.GetDirectoryAsync()).NewOrder, null)).Refused(HttpStatusCode.BadRequest, "malformed");
        (await client.PostAsync((await client.GetDirectoryAsync()).NewOrder, "[]")).Refused(HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task A_browser_may_ask_before_it_posts()
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, (await server.Stranger("prof-test").GetDirectoryAsync()).NewOrder);
        using var answer = await server.Shared.SendAsync(preflight, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }
}
