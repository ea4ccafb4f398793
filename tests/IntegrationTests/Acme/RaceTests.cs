using System.Net;
using System.Security.Cryptography;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>What comes between two steps of a request, put there by locks that the tests hold.</summary>
[Collection(AcmeServer.Name)]
public sealed class RaceTests(AcmeServer server)
{
    [Fact]
    public async Task An_account_that_is_suspended_after_its_nonce_was_redeemed_gets_no_order()
    {
        var client = await server.Account("prof-test");
        await client.Order(Flows.Fresh("suspended"));
        var id = Flows.IdOf(client.AccountUrl!);
        await using var bucket = await HeldRow.LockAsync(server.Database, "SELECT 1 FROM acme_rate_limits WHERE key = 'new-order:' || $1", id);
        var late = client.NewOrderAsync([Flows.Fresh("suspended")]);
        await bucket.IsWantedAsync(server.Database);
        await server.Database.Execute("UPDATE acme_accounts SET status = 'revoked' WHERE account_id = $1", id);
        await bucket.LetGoAsync();
        (await late).Refused(HttpStatusCode.Unauthorized, "unauthorized");
        Assert.Equal((1, 1), (
            await server.Database.Value<long>("SELECT count(*) FROM acme_orders WHERE account_id = $1", id),
            await server.Database.Value<long>("SELECT count(*) FROM acme_authorizations WHERE account_id = $1", id)));
    }

    [Fact]
    public async Task Who_gives_an_authorization_up_waits_for_its_order_and_holds_nothing_meanwhile()
    {
        var client = await server.Account("prof-burst-challenge");
        var order = await client.Order(Flows.Fresh("giving-up"));
        var authorization = order.Members("authorizations")[0];
        // As validation does: the order first, its authorization second.
        await using var validation = await HeldRow.LockAsync(server.Database, "SELECT 1 FROM acme_orders WHERE order_id = $1", Flows.IdOf(order.Location!));
        var giving = client.PostAsync(authorization, """{"status":"deactivated"}""");
        await validation.IsWantedAsync(server.Database);
        await validation.ExecuteAsync("UPDATE acme_authorizations SET updated_at = now() WHERE authz_id = $1", Flows.IdOf(authorization));
        await validation.LetGoAsync();
        Assert.Equal("deactivated", (await giving).Ensured().Member("status"));
        Assert.Equal("invalid", (await client.GetOrderAsync(order.Location!)).Member("status"));
    }

    [Fact]
    public async Task An_order_whose_turn_does_not_come_is_told_to_come_again_and_is_issued_all_the_same()
    {
        var client = await server.Account();
        var name = Flows.Fresh("patient");
        var order = await client.Order(name);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var csr = AcmeCsr.Create(key, name);
        await using (var held = await HeldRow.LockAsync(server.Database, "SELECT 1 FROM acme_orders WHERE order_id = $1", Flows.IdOf(order.Location!)))
        {
            var waiting = (await client.FinalizeAsync(order.Member("finalize")!, csr)).Refused(HttpStatusCode.ServiceUnavailable, "serverInternal");
            Assert.NotNull(waiting.RetryAfter);
        }

        await Eventually.Becomes(() => client.GetOrderAsync(order.Location!), o => o.Member("status") == "valid", "the order is issued");
        (await client.FinalizeAsync(order.Member("finalize")!, csr)).Ensured();
    }
}
