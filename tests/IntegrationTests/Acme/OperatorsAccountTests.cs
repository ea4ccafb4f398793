using System.Net;
using System.Text;
using System.Text.Json;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.BulkRenewals;

namespace Certctl.IntegrationTests.Acme;

[Collection(SharedServer.Name)]
public sealed class OperatorsAccountTests(SharedServer server)
{
    private readonly HttpClient client = server.Client(Role.Operator);

    [Fact]
    public async Task An_account_is_read_with_the_number_of_its_open_orders_and_certificates()
    {
        await server.Database.InsertAccount("acc-read");
        foreach (var status in (string[])["pending", "ready", "processing", "valid", "invalid"]) await server.Database.InsertOrder($"or-read-{status}", "acc-read", status);
        var seed = new CertificateSeed("acme-account", 2) { Source = "ACME" };
        await seed.InsertAsync(server.Database);
        await server.Database.Execute("UPDATE managed_certificates SET acme_account_id = 'acc-read' WHERE environment = $1", seed.Environment);

        var answer = (await server.Client(Role.Viewer).Get("acme/accounts/acc-read")).Is(HttpStatusCode.OK);
        var account = answer.Json;
        Assert.NotNull(answer.Headers.ETag);
        Assert.Equal((3, 2), (account.Number("open_orders"), account.Number("certificates")));
        Assert.Equal(("acc-read", "acc-read", "prof-test", "valid"), (account.Text("id"), account.Text("account_id"), account.Text("profile_id"), account.Text("status")));
        Assert.Equal("mailto:admin@example.com", account.GetProperty("contact")[0].GetString());
        Assert.DoesNotContain("jwk-of-nobody", answer.Body, StringComparison.Ordinal);
        Assert.Equal("acc-read", (await client.Read($"certificates/{seed.Id(1)}")).Text("acme_account_id"));
        (await client.Get("acme/accounts/acc-unknown")).IsProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_list_is_filtered_and_paged_by_account_id()
    {
        foreach (var (id, status) in new[] { ("acc-list-1", "valid"), ("acc-list-2", "revoked"), ("acc-list-3", "valid"), ("acc-list-4", "deactivated") })
            await server.Database.InsertAccount(id, "prof-burst", status);
        Assert.Equal(["acc-list-1", "acc-list-3"], await ListAsync("profile_id=prof-burst&status=valid"));
        Assert.Equal(["acc-list-4"], await ListAsync("profile_id=prof-burst&status=deactivated"));
        Assert.Empty(await ListAsync("profile_id=prof-unknown"));

        var first = await client.Read("acme/accounts?profile_id=prof-burst&limit=3");
        Assert.Equal(3, first.GetProperty("data").GetArrayLength());
        await server.Database.InsertAccount("acc-list-0", "prof-burst");
        Assert.Equal(["acc-list-4"], await ListAsync($"profile_id=prof-burst&limit=3&cursor={first.Text("next_cursor")}"));
        (await client.Get("acme/accounts?status=suspended")).Names("status");
        (await client.Get("acme/accounts?cursor=garbage")).Names("cursor");
    }

    [Fact]
    public async Task A_revoked_account_loses_what_has_not_been_finalized_and_another_account_nothing()
    {
        await server.Database.InsertAccount("acc-revoke");
        await server.Database.InsertAccount("acc-bystander");
        foreach (var status in (string[])["pending", "ready", "processing", "valid"])
            await server.Database.InsertOrder($"or-revoke-{status}", "acc-revoke", status, authorization: status == "pending" ? "pending" : "valid");
        await server.Database.InsertOrder("or-bystander", "acc-bystander", "pending");

        Assert.Equal("revoked", (await client.Patch("acme/accounts/acc-revoke", new { status = "revoked" })).Is(HttpStatusCode.OK).Json.Text("status"));
        foreach (var (order, status) in new[] { ("pending", "invalid"), ("ready", "invalid"), ("processing", "processing"), ("valid", "valid") })
            Assert.Equal(status, await server.Database.OrderStatus($"or-revoke-{order}"));
        Assert.Equal(("deactivated", "valid"), (await server.Database.AuthorizationStatus("or-revoke-pending"), await server.Database.AuthorizationStatus("or-revoke-ready")));
        Assert.Equal(("pending", "pending"), (await server.Database.OrderStatus("or-bystander"), await server.Database.AuthorizationStatus("or-bystander")));
        var error = (await client.Read("acme/orders/or-revoke-ready")).GetProperty("error");
        Assert.Equal(("urn:ietf:params:acme:error:unauthorized", 403, "The account was revoked by an operator."), (error.Text("type"), error.Number("status"), error.Text("detail")));
        Assert.Equal("""{"orders": 2, "authorizations": 1}""",
            await server.Database.Value<string>("SELECT details::text FROM audit_events WHERE resource_id = 'acc-revoke' AND action = 'acme_account_revoked'"));
    }

    [Fact]
    public async Task A_revoked_account_is_admitted_again_by_an_operator_only_and_a_deactivated_one_never()
    {
        await server.Database.InsertAccount("acc-again");
        (await client.Patch("acme/accounts/acc-again", new { status = "valid" })).Is(HttpStatusCode.OK);
        (await client.Patch("acme/accounts/acc-again", new { status = "revoked" })).Is(HttpStatusCode.OK);
        (await client.Patch("acme/accounts/acc-again", new { status = "revoked" })).Is(HttpStatusCode.OK);
        Assert.Equal("valid", (await client.Patch("acme/accounts/acc-again", new { status = "valid" })).Is(HttpStatusCode.OK).Json.Text("status"));
        Assert.Equal(["operator acme_account_revoked", "operator acme_account_reinstated"], await server.Database.AuditOf("acc-again"));

        await server.Database.InsertAccount("acc-gone", status: "deactivated");
        foreach (var status in (string[])["valid", "revoked"])
            (await client.Patch("acme/accounts/acc-gone", new { status })).IsProblem(HttpStatusCode.Conflict);
        Assert.Equal("deactivated", (await client.Read("acme/accounts/acc-gone")).Text("status"));
    }

    [Fact]
    public async Task Limits_of_an_account_are_set_one_by_one_and_cleared_by_null()
    {
        await server.Database.InsertAccount("acc-limits");
        var path = "acme/accounts/acc-limits";
        var stale = (await client.Get(path)).Headers.ETag!.Tag;
        (await client.Patch(path, new { limits = new { orders_per_hour = 0, concurrent_orders = 50 } }, ("If-Match", stale))).Is(HttpStatusCode.OK);
        (await client.Patch(path, new { limits = new { orders_per_hour = 5 } }, ("If-Match", stale))).IsProblem(HttpStatusCode.PreconditionFailed);
        Assert.Equal((0, 50, null), Limits(await client.Read(path)));

        Assert.Equal((0, null, 7), Limits((await client.Patch(path, Json("""{"limits": {"concurrent_orders": null, "key_changes_per_hour": 7}}"""))).Is(HttpStatusCode.OK).Json));
        Assert.Equal("""{"orders_per_hour": 0, "key_changes_per_hour": 7}""", await server.Database.Value<string>("SELECT limits::text FROM acme_accounts WHERE account_id = 'acc-limits'"));
        Assert.Equal((null, null, null), Limits((await client.Patch(path, Json("""{"limits": null}"""))).Is(HttpStatusCode.OK).Json));
        Assert.Equal(Enumerable.Repeat("operator acme_account_limits_changed", 3), await server.Database.AuditOf("acc-limits"));
    }

    [Theory]
    [InlineData("""{"status": "deactivated"}""", "status")]
    [InlineData("""{"status": null}""", "status")]
    [InlineData("""{"limits": {"orders_per_hour": -1}}""", "limits.orders_per_hour")]
    [InlineData("""{"limits": {"challenge_responds_per_hour": 1000001}}""", "limits.challenge_responds_per_hour")]
    [InlineData("""{"limits": {"orders_per_day": 1}}""", "limits.orders_per_day")]
    [InlineData("""{"limits": 5}""", "limits")]
    [InlineData("""{"contact": ["mailto:mine@example.com"]}""", "contact")]
    public async Task A_wrong_field_is_named_and_nothing_changes(string json, string field)
    {
        await server.Database.Execute("DELETE FROM acme_accounts WHERE account_id = 'acc-wrong'");
        await server.Database.InsertAccount("acc-wrong");
        var before = (await client.Get("acme/accounts/acc-wrong")).Body;
        (await client.Patch("acme/accounts/acc-wrong", Json(json))).Names(field);
        Assert.Equal(before, (await client.Get("acme/accounts/acc-wrong")).Body);
    }

    private static (int?, int?, int?) Limits(JsonElement account)
    {
        var limits = account.GetProperty("limits");
        return (Limit("orders_per_hour"), Limit("concurrent_orders"), Limit("key_changes_per_hour"));

        int? Limit(string name) => limits.GetProperty(name) is { ValueKind: JsonValueKind.Number } limit ? limit.GetInt32() : null;
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    private async Task<IEnumerable<string>> ListAsync(string query) =>
        (await client.Read("acme/accounts?" + query)).GetProperty("data").EnumerateArray().Select(a => a.Text("account_id"));
}
