using System.Net;
using System.Security.Cryptography;
using Certctl.Core.Domain.Certificates;
using Certctl.Core.Issuance;
using Certctl.Core.Pki;
using Certctl.IntegrationTests.BulkRenewals;
using Certctl.Rfc8555;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.IntegrationTests.Acme;

/// <summary>Orders that are signed at once and written once, and what makes an order go the longer way (ADR 0018).</summary>
[Collection(AcmeServer.Name)]
public sealed class CompletionTests(AcmeServer server)
{
    private static readonly string[] AtOnce = ["acme_order_created", "acme_order_finalized"];
    private static readonly string[] TheLongerWay = ["acme_order_created", "acme_order_processing", "acme_order_finalized"];

    [Fact]
    public async Task An_order_is_written_once_under_the_serial_that_it_was_created_with()
    {
        var client = await KnownAccount();
        var name = Flows.Fresh("once");
        var order = await client.Order(name);
        var id = Flows.IdOf(order.Location!);
        var serial = await server.Database.Value<string>("SELECT serial_number FROM acme_orders WHERE order_id = $1", id);
        var issued = await client.Finish(order, order.Location!, name);
        Assert.Equal(serial, issued.Serial);
        Assert.Equal(AtOnce, await EventsOf(id));
        Assert.Equal(1L, await server.Database.Value<long>("""
            SELECT count(*) FROM renewals r JOIN certificate_versions v ON v.renewal_id = r.id JOIN managed_certificates c ON c.id = r.certificate_id
            WHERE r.acme_order_id = $1 AND r.status = 'completed' AND r.attempts = 1 AND r.completed_at = r.created_at AND r.lease_token IS NULL
                AND r.version_id = v.id AND r.serial_number = v.serial_number AND v.serial_number = $2
                AND c.status = 'Active' AND c.expires_at = v.not_after AND c.csr_pem = v.csr_pem
            """, id, serial));
        Assert.Equal(["certificate_issued"], await server.Database.Column<string>(
            "SELECT action FROM audit_events e JOIN renewals r ON r.certificate_id = e.resource_id WHERE r.acme_order_id = $1", id));
    }

    [Fact]
    public async Task After_a_change_of_the_profile_the_first_order_goes_the_longer_way()
    {
        var client = await KnownAccount();
        await server.Database.Execute("UPDATE certificate_profiles SET updated_at = now() WHERE id = 'prof-burst'");
        Assert.Equal(TheLongerWay, await EventsOf(Flows.IdOf((await client.Issue(Flows.Fresh("changed"))).Order.Location!)));
        Assert.Equal(AtOnce, await EventsOf(Flows.IdOf((await client.Issue(Flows.Fresh("known-again"))).Order.Location!)));
    }

    [Fact]
    public async Task A_profile_that_asks_for_approval_since_holds_its_orders_up()
    {
        var client = await KnownAccount();
        await server.Database.Execute("UPDATE certificate_profiles SET requires_approval = true WHERE id = 'prof-burst'");
        try
        {
            foreach (var name in (string[])[Flows.Fresh("approval"), Flows.Fresh("approval")])
            {
                var order = await client.Order(name);
                using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
                Assert.Equal("processing", (await client.FinalizeAsync(order.Member("finalize")!, AcmeCsr.Create(key, name))).Ensured().Member("status"));
            }
        }
        finally
        {
            await server.Database.Execute("UPDATE certificate_profiles SET requires_approval = false WHERE id = 'prof-burst'");
        }
    }

    [Fact]
    public async Task An_order_that_ends_while_it_is_signed_gets_nothing()
    {
        var client = await KnownAccount();
        var name = Flows.Fresh("overtaken");
        var order = await client.Order(name);
        var id = Flows.IdOf(order.Location!);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var row = await HeldRow.LockAsync(server.Database, "SELECT 1 FROM acme_orders WHERE order_id = $1", id);
        var finalize = client.FinalizeAsync(order.Member("finalize")!, AcmeCsr.Create(key, name));
        await row.IsWantedAsync(server.Database);
        await row.ExecuteAsync("UPDATE acme_orders SET status = 'invalid' WHERE order_id = $1", id);
        await row.LetGoAsync();
        (await finalize).Refused(HttpStatusCode.Forbidden, "orderNotReady");
        Assert.Equal((0L, 0L), (
            await server.Database.Value<long>("SELECT count(*) FROM renewals WHERE acme_order_id = $1", id),
            await server.Database.Value<long>("SELECT count(*) FROM managed_certificates WHERE common_name = $1", name)));
    }

    [Fact]
    public async Task An_order_that_was_given_up_gets_nothing_whatever_this_process_remembers()
    {
        var client = await KnownAccount();
        var name = Flows.Fresh("given-up");
        var order = await client.Order(name);
        (await client.PostAsync(order.Members("authorizations")[0], """{"status":"deactivated"}""")).Ensured();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (await client.FinalizeAsync(order.Member("finalize")!, AcmeCsr.Create(key, name))).Refused(HttpStatusCode.Forbidden, "orderNotReady");
        Assert.Equal(0L, await server.Database.Value<long>("SELECT count(*) FROM renewals WHERE acme_order_id = $1", Flows.IdOf(order.Location!)));
    }

    [Fact]
    public async Task An_order_without_a_serial_of_its_own_goes_the_longer_way()
    {
        var client = await KnownAccount();
        var name = Flows.Fresh("older");
        var order = await client.Order(name);
        await server.Database.Execute("UPDATE acme_orders SET serial_number = NULL WHERE order_id = $1", Flows.IdOf(order.Location!));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await Forget(client, order);
        (await client.FinalizeAsync(order.Member("finalize")!, AcmeCsr.Create(key, name))).Ensured();
        Assert.Equal(TheLongerWay, await EventsOf(Flows.IdOf(order.Location!)));
    }

    [Fact]
    public async Task An_order_whose_validity_is_over_by_now_is_refused_and_not_issued_for_longer()
    {
        var client = await server.Account();
        var name = Flows.Fresh("over");
        var order = await client.Order(name);
        await server.Database.Execute("UPDATE acme_orders SET not_after = now() - interval '1 minute' WHERE order_id = $1", Flows.IdOf(order.Location!));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await Forget(client, order);
        (await client.FinalizeAsync(order.Member("finalize")!, AcmeCsr.Create(key, name))).Refused(HttpStatusCode.BadRequest, "malformed");
        Assert.Equal(0L, await server.Database.Value<long>("SELECT count(*) FROM renewals WHERE acme_order_id = $1", Flows.IdOf(order.Location!)));
    }

    [Fact]
    public async Task A_profile_or_issuer_that_may_not_issue_any_more_is_not_signed_for()
    {
        var client = await server.Account();
        var direct = server.Services.GetRequiredService<DirectIssuance>();
        await client.Issue(Flows.Fresh("known"));
        await client.Issue(Flows.Fresh("known"));
        var request = new IssuanceRequest(
            "rn-none", "mc-none", "iss-local", "prof-burst", "", "direct.example.test", ["direct.example.test"], KeyMode.Server, null, null, SerialNumber.Random(), null, null);
        Assert.Single(await direct.SignAsync([request]));
        await server.Database.Execute("UPDATE issuers SET enabled = false WHERE id = 'iss-local'");
        try
        {
            var name = Flows.Fresh("disabled");
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            await client.FinalizeAsync((await client.Order(name)).Member("finalize")!, AcmeCsr.Create(key, name));
            Assert.Empty(await direct.SignAsync([request]));
        }
        finally
        {
            await server.Database.Execute("UPDATE issuers SET enabled = true WHERE id = 'iss-local'");
        }
    }

    [Fact]
    public async Task A_revocation_of_the_version_before_leaves_the_certificate_that_came_meanwhile_alone()
    {
        var client = await KnownAccount();
        var name = Flows.Fresh("overlap");
        var first = await client.Issue(name);
        var order = await client.Order(name);
        var certificate = await server.Database.Value<string>("SELECT id FROM managed_certificates WHERE common_name = $1", name);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var row = await HeldRow.LockAsync(server.Database, "SELECT 1 FROM managed_certificates WHERE id = $1", certificate);
        var finalize = client.FinalizeAsync(order.Member("finalize")!, AcmeCsr.Create(key, name));
        await row.IsWantedAsync(server.Database);
        var revoke = client.RevokeAsync(first.Certificate.RawData);
        await row.IsWantedAsync(server.Database, by: 2);
        await row.LetGoAsync();
        (await finalize).Ensured();
        (await revoke).Ensured();
        Assert.Equal(("Active", 1L), (
            await server.Database.Value<string>("SELECT status FROM managed_certificates WHERE id = $1", certificate),
            await server.Database.Value<long>("SELECT count(*) FROM certificate_revocations WHERE certificate_id = $1 AND serial_number = $2", certificate, first.Serial)));
    }

    [Fact]
    public async Task Orders_are_locked_in_the_order_of_their_ids()
    {
        var client = await KnownAccount();
        var names = Enumerable.Range(0, 12).Select(_ => Flows.Fresh("locked")).ToList();
        var orders = new List<AcmeResponse>();
        foreach (var name in names) orders.Add(await client.Order(name));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var first = await HeldRow.LockAsync(server.Database, "SELECT 1 FROM acme_orders WHERE order_id = $1", Flows.IdOf(orders[0].Location!));
        var finalizes = orders.Zip(names).Select(o => client.FinalizeAsync(o.First.Member("finalize")!, AcmeCsr.Create(key, o.Second))).ToList();
        await first.IsWantedAsync(server.Database);
        // Whoever waits for the first holds none that comes after it; those without the first come to their end.
        await Eventually.Holds(async () => (await server.Database.Column<int>(
            "SELECT 1 FROM acme_orders WHERE order_id = ANY($1) FOR UPDATE SKIP LOCKED", (object)orders.Select(o => Flows.IdOf(o.Location!)).ToArray())).Count == names.Count - 1,
            "the others are free");
        await first.LetGoAsync();
        foreach (var answer in await Task.WhenAll(finalizes)) answer.Ensured();
    }

    [Fact]
    public async Task The_names_of_a_revoked_certificate_may_be_ordered_again()
    {
        var client = await server.Account();
        var name = Flows.Fresh("again");
        var first = await client.Issue(name);
        await server.Database.Execute("UPDATE managed_certificates SET status = 'Revoked', revoked_at = now(), revocation_reason = 'keyCompromise' WHERE common_name = $1", name);
        var second = await client.Issue(name);
        Assert.NotEqual(first.Serial, second.Serial);
        Assert.Equal(1L, await server.Database.Value<long>(
            "SELECT count(*) FROM managed_certificates WHERE common_name = $1 AND status = 'Active' AND revoked_at IS NULL AND revocation_reason IS NULL", name));
    }

    /// <summary>A finalize that is refused takes along what the process remembers of the order.</summary>
    private static async Task Forget(AcmeClient client, AcmeResponse order)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (await client.FinalizeAsync(order.Member("finalize")!, AcmeCsr.Create(key, "another.example.test"))).Refused(HttpStatusCode.BadRequest, "badCSR");
    }

    /// <summary>An account at a profile that the server has issued from since it was changed.</summary>
    private async Task<AcmeClient> KnownAccount()
    {
        var client = await server.Account();
        await client.Issue(Flows.Fresh("known"));
        return client;
    }

    private Task<List<string>> EventsOf(string orderId) =>
        server.Database.Column<string>("SELECT action FROM audit_events WHERE resource_type = 'acme_order' AND resource_id = $1 ORDER BY id", orderId);
}
