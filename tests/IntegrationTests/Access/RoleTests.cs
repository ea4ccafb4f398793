using System.Net;
using Certctl.Core.Domain.Access;

namespace Certctl.IntegrationTests.Access;

[Collection(SharedServer.Name)]
public sealed class RoleTests(SharedServer server)
{
    [Fact]
    public async Task Every_route_of_the_api_refuses_a_request_without_a_token()
    {
        var client = server.AnonymousFrom("127.0.0.2");
        foreach (var (method, path) in ApiRoutes.Of(server))
        {
            var answer = await Eventually.Becomes(() => client.Ask(method, path), a => a.Status != HttpStatusCode.TooManyRequests, "the address may ask again");
            answer.IsProblem(HttpStatusCode.Unauthorized);
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
        }
    }

    [Theory]
    [InlineData("GET", "certificates", Role.Viewer)]
    [InlineData("GET", "bulk-renewals", Role.Viewer)]
    [InlineData("GET", "audit-events", Role.Viewer)]
    [InlineData("GET", "stats/summary", Role.Viewer)]
    [InlineData("GET", "agents", Role.Viewer)]
    [InlineData("POST", "certificates", Role.Operator)]
    [InlineData("POST", "certificates/none/renew", Role.Operator)]
    [InlineData("POST", "certificates/none/revoke", Role.Operator)]
    [InlineData("POST", "certificates/bulk-renew", Role.Operator)]
    [InlineData("POST", "bulk-renewals/none/cancel", Role.Operator)]
    [InlineData("POST", "renewals/none/approve", Role.Operator)]
    [InlineData("POST", "agents", Role.Operator)]
    [InlineData("DELETE", "agents/none", Role.Operator)]
    [InlineData("POST", "certificates/bulk-revoke", Role.Admin)]
    [InlineData("POST", "issuers", Role.Admin)]
    [InlineData("POST", "profiles", Role.Admin)]
    [InlineData("POST", "renewal-policies", Role.Admin)]
    [InlineData("POST", "owners", Role.Admin)]
    [InlineData("PATCH", "teams/none", Role.Admin)]
    [InlineData("GET", "api-keys", Role.Admin)]
    [InlineData("POST", "api-keys", Role.Admin)]
    [InlineData("GET", "audit-seals", Role.Admin)]
    [InlineData("GET", "audit-seals/verify", Role.Admin)]
    [InlineData("GET", "dead-letters", Role.Admin)]
    [InlineData("GET", "dead-letters/none", Role.Admin)]
    [InlineData("POST", "dead-letters/none/requeue", Role.Admin)]
    [InlineData("DELETE", "dead-letters/none", Role.Admin)]
    [InlineData("POST", "acme/eab-keys", Role.Operator)]
    [InlineData("GET", "acme/eab-keys", Role.Viewer)]
    [InlineData("GET", "acme/eab-keys/none", Role.Viewer)]
    [InlineData("DELETE", "acme/eab-keys/none", Role.Operator)]
    [InlineData("GET", "acme/accounts", Role.Viewer)]
    [InlineData("GET", "acme/accounts/none", Role.Viewer)]
    [InlineData("PATCH", "acme/accounts/none", Role.Operator)]
    [InlineData("GET", "acme/orders", Role.Viewer)]
    [InlineData("GET", "acme/orders/none", Role.Viewer)]
    [InlineData("POST", "certificates/bulk-renew?announce=true", Role.Operator)]
    [InlineData("POST", "agents/ag-gateway-1/heartbeat", Role.Agent)]
    [InlineData("GET", "agents/ag-gateway-1/work", Role.Agent)]
    public async Task A_route_admits_its_role_and_those_above(string method, string path, Role least)
    {
        foreach (var role in Enum.GetValues<Role>())
        {
            var admitted = least == Role.Agent ? role == Role.Agent : role != Role.Agent && Rank(role) >= Rank(least);
            var answer = await server.Client(role).Ask(new HttpMethod(method), path, method == "GET" ? null : new { nonsense = 1 });
            if (admitted) Assert.True(answer.Status is not (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized), $"{role}: {answer}");
            else answer.IsProblem(HttpStatusCode.Forbidden);
        }
    }

    [Theory]
    [InlineData("Bearer key-of-nobody-in-the-tests")]
    [InlineData("Bearer ")]
    [InlineData("Basic b3BlcmF0b3I6a2V5")]
    [InlineData("key-of-Admin-in-the-tests")]
    public async Task What_is_no_known_bearer_token_is_refused(string authorization)
    {
        var client = server.Anonymous();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        (await client.Get("version")).IsProblem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_new_api_key_works_at_once_and_a_revoked_one_no_more()
    {
        var admin = server.Client(Role.Admin);
        var key = (await admin.Post("api-keys", new { name = "for-a-moment", role = "viewer" })).Is(HttpStatusCode.Created).Json;
        var token = key.GetProperty("key").GetString()!;
        (await server.Client(token).Get("certificates")).Is(HttpStatusCode.OK);
        Assert.DoesNotContain(token, (await admin.Get("api-keys")).Is(HttpStatusCode.OK).Body, StringComparison.Ordinal);
        (await admin.Delete($"api-keys/{key.GetProperty("id").GetString()}")).Is(HttpStatusCode.NoContent);
        (await server.Client(token).Get("certificates")).IsProblem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_key_of_the_environment_keeps_its_name_to_itself() =>
        (await server.Client(Role.Admin).Post("api-keys", new { name = "operator", role = "operator" })).IsProblem(HttpStatusCode.Conflict);

    [Fact]
    public async Task What_is_created_comes_with_the_ETag_that_a_read_shows_even_when_it_is_replayed()
    {
        var admin = server.Client(Role.Admin);
        foreach (var (path, body) in new (string, object)[] { ("api-keys", new { name = "etag", role = "viewer" }), ("agents", new { name = "etag" }) })
        {
            var header = ("Idempotency-Key", "tests-etag-" + path);
            var created = (await admin.Post(path, body, header)).Is(HttpStatusCode.Created);
            Assert.NotNull(created.Headers.ETag);
            Assert.Equal(created.Headers.ETag, (await admin.Get(created.Location)).Is(HttpStatusCode.OK).Headers.ETag);
            Assert.Equal(created.Headers.ETag, (await admin.Post(path, body, header)).Is(HttpStatusCode.Created).Headers.ETag);
            (await admin.Delete(created.Location, ("If-Match", created.Headers.ETag.Tag))).Is(HttpStatusCode.NoContent);
        }
    }

    [Fact]
    public async Task Heartbeats_without_a_token_are_counted_by_address()
    {
        var client = server.AnonymousFrom("127.0.0.3");
        var refused = new List<Answer>();
        for (var round = 0; round < 20 && refused.Count == 0; round++)
            refused.AddRange((await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => client.Post("agents/none/heartbeat")))).Where(a => a.Status == HttpStatusCode.TooManyRequests));
        Assert.NotEmpty(refused);
    }

    [Fact]
    public async Task A_key_that_asks_too_often_is_told_when_to_come_back_and_others_are_not_held_up()
    {
        var client = server.Client(CertctlServer.KeyOf("Impatient"));
        var refused = new List<Answer>();
        for (var round = 0; round < 20 && refused.Count == 0; round++)
            refused.AddRange((await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => client.Get("version")))).Where(a => a.Status == HttpStatusCode.TooManyRequests));
        Assert.NotEmpty(refused);
        refused[0].IsProblem(HttpStatusCode.TooManyRequests);
        Assert.True(refused[0].Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        (await server.Client(Role.Viewer).Get("version")).Is(HttpStatusCode.OK);
    }

    private static int Rank(Role role) => role switch { Role.Viewer => 1, Role.Operator => 2, Role.Admin => 3, _ => 0 };
}
