using System.Net;
using System.Text.Json;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.BulkRenewals;

namespace Certctl.IntegrationTests.Acme;

[Collection(SharedServer.Name)]
public sealed class OperatorsOrderTests(SharedServer server)
{
    private readonly HttpClient client = server.Client(Role.Viewer);

    [Fact]
    public async Task An_order_is_read_with_its_identifiers_and_what_it_led_to()
    {
        await server.Database.InsertOrder("or-read", "acc-orders", "valid");
        await server.Database.Execute("""
            UPDATE acme_orders SET renewal_id = 'rn-or', certificate_id = 'mc-or', version_id = 'cv-or', identifiers = '[{"type": "dns", "value": "*.example.test"}, {"type": "ip", "value": "192.0.2.1"}]'
            WHERE order_id = 'or-read'
            """);
        var order = await client.Read("acme/orders/or-read");
        Assert.Equal(("or-read", "acc-orders", "valid"), (order.Text("id"), order.Text("account_id"), order.Text("status")));
        Assert.Equal(["dns *.example.test", "ip 192.0.2.1"], order.GetProperty("identifiers").EnumerateArray().Select(i => $"{i.Text("type")} {i.Text("value")}"));
        Assert.Equal(("rn-or", "mc-or", "cv-or"), (order.Text("renewal_id"), order.Text("certificate_id"), order.Text("version_id")));
        Assert.Equal(JsonValueKind.Null, order.GetProperty("error").ValueKind);
        Assert.True(order.GetProperty("expires_at").GetDateTimeOffset() > order.GetProperty("created_at").GetDateTimeOffset());
        (await client.Get("acme/orders/or-unknown")).IsProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_list_is_filtered_and_begins_with_the_newest()
    {
        foreach (var n in Enumerable.Range(1, 5)) await server.Database.InsertOrder($"or-list-{n}", "acc-list-orders", n % 2 == 0 ? "invalid" : "ready", profile: n == 5 ? "prof-burst" : "prof-test");
        Assert.Equal(["or-list-5", "or-list-4", "or-list-3", "or-list-2", "or-list-1"], await ListAsync("account_id=acc-list-orders"));
        Assert.Equal(["or-list-4", "or-list-2"], await ListAsync("account_id=acc-list-orders&status=invalid"));
        Assert.Equal(["or-list-5"], await ListAsync("account_id=acc-list-orders&profile_id=prof-burst"));
        var first = await client.Read("acme/orders?account_id=acc-list-orders&limit=2");
        await server.Database.InsertOrder("or-list-6", "acc-list-orders", "pending");
        Assert.Equal(["or-list-3", "or-list-2"], await ListAsync($"account_id=acc-list-orders&limit=2&cursor={first.Text("next_cursor")}"));
        (await client.Get("acme/orders?status=done")).Names("status");
        (await client.Get("acme/orders?certificate=1")).Names("certificate");
    }

    [Fact]
    public async Task The_failed_renewal_of_an_order_is_its_clients_to_try_again()
    {
        var seed = new CertificateSeed("acme-retry") { Source = "ACME" };
        await seed.InsertAsync(server.Database);
        await server.Database.Execute("""
            INSERT INTO renewals (id, certificate_id, status, trigger, requested_by, attempts, max_attempts, next_attempt_at, created_at, completed_at, acme_order_id)
            VALUES ('rn-of-order', $1, 'failed', 'acme', 'acme:acc-retry', 1, 1, now(), now(), now(), 'or-retry')
            """, seed.Id(1));
        var refused = (await server.Client(Role.Operator).Post("renewals/rn-of-order/retry")).IsProblem(HttpStatusCode.Conflict);
        Assert.Contains("its ACME client places a new order", refused.Text("detail"), StringComparison.Ordinal);
        var renewal = await client.Read("renewals/rn-of-order");
        Assert.Equal(("failed", "or-retry"), (renewal.Text("status"), renewal.Text("acme_order_id")));
    }

    private async Task<IEnumerable<string>> ListAsync(string query) =>
        (await client.Read("acme/orders?" + query)).GetProperty("data").EnumerateArray().Select(o => o.Text("order_id"));
}
