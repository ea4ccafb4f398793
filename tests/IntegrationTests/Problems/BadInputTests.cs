using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.Access;

namespace Certctl.IntegrationTests.Problems;

/// <summary>Whatever is sent is answered by a 4xx problem, and nothing is written.</summary>
[Collection(SharedServer.Name)]
public sealed class BadInputTests(SharedServer server)
{
    private const string Bulk = "certificates/bulk-renew";
    private readonly HttpClient client = server.Client(Role.Admin);

    [Theory]
    [InlineData(Bulk, """{"environment": 5}""", "environment")]
    [InlineData(Bulk, """{"enviroment": "typo"}""", "enviroment")]
    [InlineData(Bulk, """{"environment": "a", "environment": "b"}""", "environment")]
    [InlineData(Bulk, """{"environment": "a\u0000b"}""", "environment")]
    [InlineData(Bulk, """{"environment": ""}""", "environment")]
    [InlineData(Bulk, """{"environment": "a", "force": "yes"}""", "force")]
    [InlineData(Bulk, """{"expires_before": "yesterday"}""", "expires_before")]
    [InlineData(Bulk, """{"expires_before": 1700000000}""", "expires_before")]
    [InlineData(Bulk, """{"profile_id": "prof-unknown"}""", "profile_id")]
    [InlineData(Bulk, """{"owner_id": "o-unknown"}""", "owner_id")]
    [InlineData(Bulk, """{"team_id": "t-unknown"}""", "team_id")]
    [InlineData(Bulk, """{"issuer_id": "iss-unknown"}""", "issuer_id")]
    [InlineData(Bulk, """{"agent_id": "ag-unknown"}""", "agent_id")]
    [InlineData(Bulk, """{"certificate_ids": ["mc-unknown"]}""", "certificate_ids")]
    [InlineData(Bulk, """{"certificate_ids": []}""", "certificate_ids")]
    [InlineData(Bulk, """{"certificate_ids": "mc-1"}""", "certificate_ids")]
    [InlineData(Bulk, """{"certificate_ids": [5]}""", "certificate_ids[0]")]
    [InlineData(Bulk, """{"certificate_ids": [null]}""", "certificate_ids")]
    [InlineData(Bulk + "?dryrun=true", """{"environment": "a"}""", "dryrun")]
    [InlineData(Bulk + "?dry_run=maybe", """{"environment": "a"}""", "dry_run")]
    [InlineData("certificates/bulk-revoke", """{"environment": "a", "reason": "boredom"}""", "reason")]
    [InlineData("certificates/bulk-revoke", """{"reason": "keyCompromise"}""", "criteria")]
    [InlineData("certificates", "{}", "common_name")]
    [InlineData("certificates", """{"key_mode": "magic"}""", "key_mode")]
    [InlineData("certificates", """{"tags": {"a": 5}}""", "tags.a")]
    [InlineData("certificates", """{"sans": "a.example.test"}""", "sans")]
    [InlineData("agents", """{"name": ""}""", "name")]
    [InlineData("agents", """{"name": 7}""", "name")]
    [InlineData("profiles", """{"name": "x", "issuer_id": "iss-local", "max_ttl_seconds": 1.5}""", "max_ttl_seconds")]
    [InlineData("profiles", """{"name": "x", "issuer_id": "iss-local", "max_ttl_seconds": 99999999999}""", "max_ttl_seconds")]
    [InlineData("profiles", """{"name": "x", "issuer_id": "iss-local", "allowed_key_algorithms": ["DSA"]}""", "allowed_key_algorithms")]
    [InlineData("profiles/prof-test", """{"max_ttl_seconds": "long"}""", "max_ttl_seconds")]
    [InlineData("profiles/prof-test", """{"allowed_ekus": [5]}""", "allowed_ekus")]
    [InlineData("certificates/mc-unknown", """{"tags": 5}""", "tags")]
    [InlineData("api-keys", """{"name": "x", "role": "emperor"}""", "role")]
    [InlineData("renewal-policies", """{"name": "x", "renewal_window_days": 0}""", "renewal_window_days")]
    public async Task A_wrong_field_is_named(string path, string json, string field)
    {
        var before = await RowsAsync();
        // What has an id is there to be changed.
        (await client.Ask(path.Contains("/prof-", StringComparison.Ordinal) || path.Contains("/mc-", StringComparison.Ordinal) ? HttpMethod.Patch : HttpMethod.Post, path, Json(json))).Names(field);
        Assert.Equal(before, await RowsAsync());
    }

    [Theory]
    [InlineData("certificates?limit=0", "limit")]
    [InlineData("certificates?limit=501", "limit")]
    [InlineData("certificates?limit=ten", "limit")]
    [InlineData("certificates?cursor=garbage", "cursor")]
    [InlineData("certificates?cursor=%00", "cursor")]
    [InlineData("certificates?cursor=eyJzIjoibmFtZSIsInYiOiJ4IiwiaSI6InkifQ", "cursor")]
    [InlineData("certificates?sort=nonsense", "sort")]
    [InlineData("certificates?status=active", "status")]
    [InlineData("certificates?expires_before=soon", "expires_before")]
    [InlineData("renewals?status=Completed", "status")]
    [InlineData("audit-events?cursor=garbage", "cursor")]
    [InlineData("agents?status=asleep", "status")]
    [InlineData("agents?statuss=online", "statuss")]
    [InlineData("version?limit=1", "limit")]
    public async Task A_wrong_query_parameter_is_named(string path, string parameter) => (await client.Get(path)).Names(parameter);

    [Fact]
    public async Task Every_route_answers_whatever_body_with_a_problem()
    {
        byte[][] bodies =
        [
            [], "{"u8.ToArray(), "[]"u8.ToArray(), "null"u8.ToArray(), "\"text\""u8.ToArray(), """{"nonsense": {"deep": [1, 2]}}"""u8.ToArray(),
            "{\"name\": \"\u0000\"}"u8.ToArray(), [0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d], Encoding.UTF8.GetBytes(new string('[', 10_000)),
        ];
        var before = await RowsAsync();
        foreach (var (method, path) in ApiRoutes.Of(server).Where(r => r.Method != HttpMethod.Get))
            foreach (var body in bodies)
            {
                var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
                var answer = await client.Ask(method, path, content);
                Assert.True((int)answer.Status is >= 400 and < 500, $"{method} {path} {Encoding.UTF8.GetString(body[..Math.Min(40, body.Length)])}: {answer}");
                answer.IsProblem(answer.Status);
            }

        Assert.Equal(before, await RowsAsync());
    }

    [Fact]
    public async Task Bodies_that_are_too_large_are_refused_declared_or_not()
    {
        var ids = Encoding.UTF8.GetBytes("""{"certificate_ids": [""" + string.Join(',', Enumerable.Range(0, 2_000_000).Select(n => $"\"{n}\"")) + "]}");
        var declared = new ByteArrayContent(ids) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        (await client.Post(Bulk, declared, ("Expect", "100-continue"))).IsProblem(HttpStatusCode.RequestEntityTooLarge);
        // Little more than allowed: who goes on sending what nobody reads finds the connection closed.
        var chunked = new StreamContent(new MemoryStream(ids[..1_100_000])) { Headers = { ContentType = new MediaTypeHeaderValue("application/json"), ContentLength = null } };
        (await client.Post(Bulk, chunked, ("Transfer-Encoding", "chunked"))).IsProblem(HttpStatusCode.RequestEntityTooLarge);
        (await client.Post(Bulk, new { certificate_ids = Enumerable.Range(0, 10_001).Select(n => $"mc-{n}") })).Names("certificate_ids");
    }

    [Fact]
    public async Task Another_content_type_is_refused()
    {
        (await client.Post(Bulk, new StringContent("environment=a", Encoding.UTF8, "application/x-www-form-urlencoded"))).IsProblem(HttpStatusCode.UnsupportedMediaType);
        (await client.Post(Bulk, new StringContent("{}", Encoding.UTF8, "text/plain"))).IsProblem(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Nul_in_a_path_is_refused_before_any_route() => (await client.Get("certificates/a%00b")).Is(HttpStatusCode.BadRequest);

    [Theory]
    [InlineData("certificates/%FF%FE")]
    [InlineData("certificates/..%2f..%2fetc")]
    [InlineData("bulk-renewals/br-%E2%98%83")]
    [InlineData("nothing/here")]
    public async Task What_is_not_there_is_a_404(string path) => (await client.Get(path)).IsProblem(HttpStatusCode.NotFound);

    [Fact]
    public async Task A_method_that_a_path_does_not_have_is_a_405_with_allow()
    {
        var answer = await client.Ask(HttpMethod.Put, "certificates");
        answer.IsProblem(HttpStatusCode.MethodNotAllowed);
        Assert.Contains("POST", answer.ContentHeaders.Allow);
    }

    [Fact]
    public async Task An_impossible_idempotency_key_is_named() =>
        (await client.Post(Bulk, new { environment = "a" }, ("Idempotency-Key", new string('x', 256)))).Names("Idempotency-Key");

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    /// <summary>How many rows there are that requests write.</summary>
    private Task<long> RowsAsync() => server.Database.Value<long>("""
        SELECT (SELECT count(*) FROM managed_certificates) + (SELECT count(*) FROM bulk_renewals) + (SELECT count(*) FROM bulk_revocations)
            + (SELECT count(*) FROM certificate_profiles) + (SELECT count(*) FROM renewal_policies) + (SELECT count(*) FROM owners)
            + (SELECT count(*) FROM teams) + (SELECT count(*) FROM issuers) + (SELECT count(*) FROM agents) + (SELECT count(*) FROM api_keys)
            + (SELECT count(*) FROM acme_eab_keys) + (SELECT count(*) FROM idempotent_requests)
        """);
}
