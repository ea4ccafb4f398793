using System.Net;
using System.Text;
using System.Text.Json;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.BulkRenewals;

namespace Certctl.IntegrationTests.Acme;

[Collection(SharedServer.Name)]
public sealed class OperatorsProfileTests(SharedServer server)
{
    private readonly HttpClient client = server.Client(Role.Admin);

    [Fact]
    public async Task The_ACME_fields_of_a_profile_are_set_read_and_changed()
    {
        string[] challenges = ["dns-01"];
        var created = (await client.Post("profiles", new
        {
            name = "ACME fields",
            issuer_id = "iss-local",
            acme_limits = new { orders_per_hour = 1000, concurrent_orders = 0 },
            acme_allow_private_addresses = true,
            acme_challenge_types = challenges,
            acme_variants = new Dictionary<string, object> { ["short-lived"] = new { description = "Six days", max_ttl_seconds = 518_400 } },
            acme_owner_id = "o-alice",
            acme_team_id = "t-platform",
            acme_renewal_policy_id = "rp-standard",
        })).Is(HttpStatusCode.Created);
        var path = created.Location;
        var profile = await client.Read(path);
        Assert.Equal((1000, 0, JsonValueKind.Null), (Limit("orders_per_hour").GetInt32(), Limit("concurrent_orders").GetInt32(), Limit("key_changes_per_hour").ValueKind));
        Assert.True(profile.GetProperty("acme_allow_private_addresses").GetBoolean());
        Assert.Equal("dns-01", profile.GetProperty("acme_challenge_types").EnumerateArray().Single().GetString());
        var variant = profile.GetProperty("acme_variants").GetProperty("short-lived");
        Assert.Equal(("Six days", 518_400), (variant.Text("description"), variant.Number("max_ttl_seconds")));
        Assert.Equal(("o-alice", "t-platform", "rp-standard"), (profile.Text("acme_owner_id"), profile.Text("acme_team_id"), profile.Text("acme_renewal_policy_id")));

        // The lifetime of a variant is bound by the profile's, whichever of the two changes.
        (await client.Patch(path, new { max_ttl_seconds = 86_400 })).Names("acme_variants.short-lived.max_ttl_seconds");
        var changed = (await client.Patch(path, Json("""{"acme_limits": {"concurrent_orders": null}, "acme_variants": null, "acme_owner_id": null, "max_ttl_seconds": 86400}""")))
            .Is(HttpStatusCode.OK).Json;
        Assert.Equal("""{"orders_per_hour": 1000}""", await server.Database.Value<string>("SELECT acme_limits::text FROM certificate_profiles WHERE id = $1", created.Json.Text("id")));
        Assert.Empty(changed.GetProperty("acme_variants").EnumerateObject());
        Assert.Equal((JsonValueKind.Null, "t-platform"), (changed.GetProperty("acme_owner_id").ValueKind, changed.Text("acme_team_id")));
        Assert.Contains("short-lived", await server.Database.Value<string>(
            "SELECT details::text FROM audit_events WHERE resource_id = $1 AND action = 'profile_created'", created.Json.Text("id")), StringComparison.Ordinal);
        (await client.Delete(path)).Is(HttpStatusCode.NoContent);

        JsonElement Limit(string name) => profile.GetProperty("acme_limits").GetProperty(name);
    }

    [Theory]
    [InlineData("""{"acme_limits": {"orders_per_hour": 1000001}}""", "acme_limits.orders_per_hour")]
    [InlineData("""{"acme_limits": {"orders_per_hour": "many"}}""", "acme_limits")]
    [InlineData("""{"acme_limits": {"nonsense": 1}}""", "acme_limits.nonsense")]
    [InlineData("""{"acme_allow_private_addresses": null}""", "acme_allow_private_addresses")]
    [InlineData("""{"acme_challenge_types": []}""", "acme_challenge_types")]
    [InlineData("""{"acme_challenge_types": ["tls-sni-01"]}""", "acme_challenge_types")]
    [InlineData("""{"acme_variants": {"Short": {"max_ttl_seconds": 600}}}""", "acme_variants")]
    [InlineData("""{"acme_variants": {"": {"max_ttl_seconds": 600}}}""", "acme_variants")]
    [InlineData("""{"acme_variants": {"short": null}}""", "acme_variants")]
    [InlineData("""{"acme_variants": {"short": {}}}""", "acme_variants.short.max_ttl_seconds")]
    [InlineData("""{"acme_variants": {"short": {"max_ttl_seconds": 299}}}""", "acme_variants.short.max_ttl_seconds")]
    [InlineData("""{"acme_variants": {"short": {"max_ttl_seconds": 99999999}}}""", "acme_variants.short.max_ttl_seconds")]
    [InlineData("""{"acme_variants": {"short": {"max_ttl_seconds": 600, "nonsense": 1}}}""", "acme_variants.nonsense")]
    [InlineData("""{"acme_owner_id": "o-unknown"}""", "acme_owner_id")]
    [InlineData("""{"acme_team_id": "t-unknown"}""", "acme_team_id")]
    [InlineData("""{"acme_renewal_policy_id": "rp-unknown"}""", "acme_renewal_policy_id")]
    public async Task A_wrong_field_is_named_and_nothing_changes(string json, string field)
    {
        var before = (await client.Get("profiles/prof-test")).Body;
        (await client.Patch("profiles/prof-test", Json(json))).Names(field);
        Assert.Equal(before, (await client.Get("profiles/prof-test")).Body);
    }

    [Fact]
    public async Task Too_many_or_too_long_variants_are_refused()
    {
        (await client.Patch("profiles/prof-test", new { acme_variants = Enumerable.Range(0, 21).ToDictionary(n => $"v{n}", _ => new { max_ttl_seconds = 600 }) })).Names("acme_variants");
        (await client.Patch("profiles/prof-test", new { acme_variants = new Dictionary<string, object> { [new string('a', 65)] = new { max_ttl_seconds = 600 } } })).Names("acme_variants");
        (await client.Patch("profiles/prof-test", new { acme_variants = new { v = new { max_ttl_seconds = 600, description = new string('x', 501) } } })).Names("acme_variants.v.description");
    }

    [Fact]
    public async Task What_a_profile_gives_its_ACME_certificates_is_not_deleted()
    {
        var team = (await client.Post("teams", new { name = "ACME team" })).Is(HttpStatusCode.Created).Location;
        var owner = (await client.Post("owners", new { name = "ACME owner", email = "acme@example.com" })).Is(HttpStatusCode.Created).Location;
        var policy = (await client.Post("renewal-policies", new { name = "ACME policy" })).Is(HttpStatusCode.Created).Location;
        var profile = (await client.Post("profiles", new
        {
            name = "ACME references",
            issuer_id = "iss-local",
            acme_owner_id = Id(owner),
            acme_team_id = Id(team),
            acme_renewal_policy_id = Id(policy),
        })).Is(HttpStatusCode.Created).Location;
        foreach (var path in (string[])[team, owner, policy]) (await client.Delete(path)).IsProblem(HttpStatusCode.Conflict);
        (await client.Delete(profile)).Is(HttpStatusCode.NoContent);
        foreach (var path in (string[])[team, owner, policy]) (await client.Delete(path)).Is(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("account")]
    [InlineData("key")]
    public async Task A_profile_with_an_account_or_an_EAB_key_is_not_deleted(string what)
    {
        var profile = (await client.Post("profiles", new { name = $"With {what}", issuer_id = "iss-local" })).Is(HttpStatusCode.Created).Location;
        if (what == "account") await server.Database.InsertAccount("acc-of-profile", Id(profile), "deactivated");
        else (await client.Post("acme/eab-keys", new { profile_id = Id(profile), name = "x" })).Is(HttpStatusCode.Created);
        (await client.Delete(profile)).IsProblem(HttpStatusCode.Conflict);
        (await client.Get(profile)).Is(HttpStatusCode.OK);
    }

    private static string Id(string location) => location.Split('/')[^1];

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
