using System.Net;
using System.Security.Cryptography;
using Certctl.Rfc8555;

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
        var client = await server.Account();
        await client.Issue(Flows.Fresh("known"));
        var name = Flows.Fresh("once");
        var order = await client.Order(name);
        var id = IdOf(order.Location!);
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
        var client = await server.Account();
        await client.Issue(Flows.Fresh("known"));
        await server.Database.Execute("UPDATE certificate_profiles SET updated_at = now() WHERE id = 'prof-burst'");
        Assert.Equal(TheLongerWay, await EventsOf(IdOf((await client.Issue(Flows.Fresh("changed"))).Order.Location!)));
        Assert.Equal(AtOnce, await EventsOf(IdOf((await client.Issue(Flows.Fresh("known-again"))).Order.Location!)));
    }

    [Fact]
    public async Task A_profile_that_asks_for_approval_since_holds_its_orders_up()
    {
        var client = await server.Account();
        await client.Issue(Flows.Fresh("known"));
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
        var client = await server.Account();
        await client.Issue(Flows.Fresh("known"));
        var name = Flows.Fresh("overtaken");
        var order = await client.Order(name);
        var id = IdOf(order.Location!);
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
    public async Task What_this_process_remembers_of_an_order_is_held_against_its_row()
    {
        var client = await server.Account();
        await client.Issue(Flows.Fresh("known"));
        var name = Flows.Fresh("given-up");
        var order = await client.Order(name);
        (await client.PostAsync(order.Members("authorizations")[0], """{"status":"deactivated"}""")).Ensured();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (await client.FinalizeAsync(order.Member("finalize")!, AcmeCsr.Create(key, name))).Refused(HttpStatusCode.Forbidden, "orderNotReady");
        Assert.Equal(0L, await server.Database.Value<long>("SELECT count(*) FROM renewals WHERE acme_order_id = $1", IdOf(order.Location!)));
    }

    [Fact]
    public async Task What_this_process_remembers_is_for_its_account_alone()
    {
        var client = await server.Account();
        var other = await server.Account();
        await client.Issue(Flows.Fresh("known"));
        var name = Flows.Fresh("own");
        var order = await client.Order(name);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (await other.FinalizeAsync(order.Member("finalize")!, AcmeCsr.Create(key, name))).Refused(HttpStatusCode.NotFound, "malformed");
        var issued = await client.Finish(order, order.Location!, name);
        (await other.DownloadCertificateAsync(issued.Order.Member("certificate")!)).Refused(HttpStatusCode.NotFound, "malformed");
        Assert.Equal(issued.Chain, (await client.DownloadCertificateAsync(issued.Order.Member("certificate")!)).Ensured().Text);
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

    private Task<List<string>> EventsOf(string orderId) =>
        server.Database.Column<string>("SELECT action FROM audit_events WHERE resource_type = 'acme_order' AND resource_id = $1 ORDER BY id", orderId);

    private static string IdOf(string url) => url[(url.LastIndexOf('/') + 1)..];
}
