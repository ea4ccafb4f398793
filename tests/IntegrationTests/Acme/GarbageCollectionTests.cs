using Certctl.AcmeService.GarbageCollection;
using Certctl.AcmeService.Nonces;
using Certctl.Contracts;
using Certctl.Rfc8555;
using Npgsql;

namespace Certctl.IntegrationTests.Acme;

[Collection(RateLimitFleet.Name)]
public sealed class GarbageCollectionTests(RateLimitFleet fleet)
{
    private TestDatabase Database => fleet.Database;

    [Fact]
    public async Task Used_nonces_are_forgotten_once_no_server_would_take_them()
    {
        var now = TimeProvider.System.GetUtcNow();
        var (old, young) = (NonceMint.FirstOf(now - TimeSpan.FromMinutes(7)), NonceMint.FirstOf(now - TimeSpan.FromMinutes(5)));
        await Database.Execute("INSERT INTO acme_used_nonces VALUES ($1), ($2)", old, young);
        await fleet.Run<IAcmeNonceSweep>(s => s.RunAsync(default));
        Assert.Equal([young], await Database.Column<Guid>("SELECT nonce FROM acme_used_nonces WHERE nonce IN ($1, $2)", old, young));
    }

    [Fact]
    public async Task Pending_authorizations_expire_and_their_challenges_stay()
    {
        var client = await fleet.Account("prof-challenge");
        var (late, intime) = (await AuthorizationOf(client, "late.example.org"), await AuthorizationOf(client, "intime.example.org"));
        await Database.Execute("UPDATE acme_authorizations SET expires_at = now() - interval '1 s' WHERE authz_id = $1", late);
        await fleet.Run<IAcmeAuthorizationSweep>(s => s.RunAsync(default));
        Assert.Equal("expired", await Database.Value<string>("SELECT status FROM acme_authorizations WHERE authz_id = $1", late));
        Assert.Equal("pending", await Database.Value<string>("SELECT status FROM acme_authorizations WHERE authz_id = $1", intime));
        Assert.Equal(["pending"], await Database.Column<string>("SELECT DISTINCT status FROM acme_challenges WHERE authz_id = $1", late));
    }

    [Theory]
    [InlineData("prof-challenge", "pending")]
    [InlineData("prof-burst", "ready")]
    public async Task Orders_whose_time_is_over_become_invalid(string profile, string status)
    {
        var client = await fleet.Account(profile);
        var order = (await client.NewOrderAsync([$"{status}.example.test"])).Ensured();
        Assert.Equal(status, order.Member("status"));
        await ExpireAsync(order);
        await fleet.Run<IAcmeOrderSweep>(s => s.RunAsync(default));
        Assert.Equal("invalid", await StatusOf(order));
        var error = (await client.GetOrderAsync(order.Location!)).Ensured().Json.GetProperty("error");
        Assert.Equal("urn:ietf:params:acme:error:serverInternal", error.GetProperty("type").GetString());
        Assert.Contains("expired", error.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_that_is_processing_takes_its_waiting_renewal_along()
    {
        var (order, renewal) = await Processing("pending");
        await fleet.Run<IAcmeOrderSweep>(s => s.RunAsync(default));
        Assert.Equal("invalid", await StatusOf(order));
        Assert.Contains("serverInternal", await Database.Value<string>("SELECT error::text FROM acme_orders WHERE order_id = $1", Flows.IdOf(order.Location!)), StringComparison.Ordinal);
        Assert.Equal("cancelled", await Database.Value<string>("SELECT status FROM renewals WHERE id = $1", renewal));
        Assert.Equal("Active", await Database.Value<string>(
            "SELECT c.status FROM managed_certificates c JOIN renewals r ON r.certificate_id = c.id WHERE r.id = $1", renewal));
    }

    [Theory]
    [InlineData("awaiting_approval")]
    [InlineData("running")]
    public async Task An_order_whose_renewal_runs_or_waits_for_people_is_left_to_it(string status)
    {
        var (order, renewal) = await Processing(status);
        await fleet.Run<IAcmeOrderSweep>(s => s.RunAsync(default));
        Assert.Equal("processing", await StatusOf(order));
        Assert.Equal(status, await Database.Value<string>("SELECT status FROM renewals WHERE id = $1", renewal));
    }

    [Fact]
    public async Task An_order_whose_worker_died_is_issued_after_all()
    {
        var (order, renewal) = await Processing("running");
        await Database.Execute("UPDATE renewal_leases SET expires_at = now() - interval '1 s' WHERE $1 = ANY(renewal_ids)", renewal);
        await Eventually.Becomes(() => StatusOf(order), status => status == "valid", "the order is valid");
        Assert.Equal(1, await Database.Value<long>("SELECT count(*) FROM certificate_versions WHERE renewal_id = $1", renewal));
    }

    [Fact]
    public async Task Many_go_in_batches_with_one_audit_row_and_what_somebody_holds_is_left_for_the_next_turn()
    {
        const int many = (2 * Sweep.BatchSize) + 17;
        var account = $"acme-acc-{Guid.NewGuid():N}";
        await Database.Execute("""
            INSERT INTO acme_orders (order_id, account_id, profile_id, identifiers, authorization_ids, status, expires_at, created_at, updated_at)
            SELECT 'acme-ord-' || $1 || n, $1, 'prof-burst', '[]', '{}', 'ready', now() - interval '1 h', now(), now() FROM generate_series(1, $2) n
            """, account, many);
        await using var held = new NpgsqlConnection(Database.ConnectionString);
        await held.OpenAsync();
        await using var transaction = await held.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand($"SELECT 1 FROM acme_orders WHERE order_id = 'acme-ord-{account}5' FOR UPDATE", held);
        await hold.ExecuteNonQueryAsync();
        var audited = await AuditedAsync();
        await fleet.Run<IAcmeOrderSweep>(s => s.RunAsync(default));
        Assert.Equal(1, await Database.Value<long>("SELECT count(*) FROM acme_orders WHERE account_id = $1 AND status = 'ready'", account));
        Assert.Equal(audited + 1, await AuditedAsync());
        Assert.InRange(await Database.Value<long>(
            "SELECT (details ->> 'rows')::bigint FROM audit_events WHERE action = 'acme_gc' ORDER BY id DESC LIMIT 1"), many - 1, many + 20);
        await transaction.RollbackAsync();
        await fleet.Run<IAcmeOrderSweep>(s => s.RunAsync(default));
        Assert.Equal(0, await Database.Value<long>("SELECT count(*) FROM acme_orders WHERE account_id = $1 AND status = 'ready'", account));
        // Nothing to do is nothing to tell.
        audited = await AuditedAsync();
        await fleet.Run<IAcmeOrderSweep>(s => s.RunAsync(default));
        Assert.Equal(audited, await AuditedAsync());
    }

    [Fact]
    public async Task Retention_deletes_what_ended_long_ago_and_the_certificate_can_still_be_read_and_revoked()
    {
        var client = await fleet.Account("prof-burst");
        var order = await Issued(client, $"kept-{Guid.NewGuid():N}.example.test");
        var chain = (await client.DownloadCertificateAsync(order.Member("certificate")!)).Ensured();
        var recent = await Issued(client, "recent.example.test");
        // Ids are their age: as if the order had been made a hundred days ago.
        var old = Certctl.Core.Domain.Identifiers.FirstOf("acme-ord", TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(100)) + "0";
        var oldAuthorization = old.Replace("acme-ord", "acme-authz", StringComparison.Ordinal);
        await Database.Execute("""
            WITH a AS (UPDATE acme_authorizations SET authz_id = $3, expires_at = now() - interval '99 days' WHERE order_id = $1 RETURNING 1),
                c AS (UPDATE acme_challenges SET authz_id = $3 WHERE authz_id = $4)
            UPDATE acme_orders SET order_id = $2, expires_at = now() - interval '99 days', authorization_ids = ARRAY[$3] WHERE order_id = $1
            """, Flows.IdOf(order.Location!), old, oldAuthorization, Flows.IdOf(order.Members("authorizations")[0]));
        await Database.Execute("INSERT INTO acme_rate_limits VALUES ('new-order:full', now() - interval '1 s'), ('new-order:not-full', now() + interval '1 h')");
        await fleet.Run<IAcmeRetention>(s => s.RunAsync(default));
        Assert.Equal(0, await Database.Value<long>("""
            SELECT (SELECT count(*) FROM acme_orders WHERE order_id = $1) + (SELECT count(*) FROM acme_authorizations WHERE authz_id = $2)
                + (SELECT count(*) FROM acme_challenges WHERE authz_id = $2)
            """, old, oldAuthorization));
        Assert.Equal(["new-order:not-full"], await Database.Column<string>("SELECT key FROM acme_rate_limits WHERE key LIKE 'new-order:%full'"));
        (await client.GetOrderAsync(recent.Location!)).Ensured();
        Assert.Equal(chain.Text, (await client.DownloadCertificateAsync(order.Member("certificate")!)).Ensured().Text);
        using var certificate = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(chain.Text);
        (await client.RevokeAsync(certificate.RawData)).Ensured();
    }

    /// <summary>An order whose process died between accepting it and writing its certificate, and whose time is over.</summary>
    private async Task<(AcmeResponse Order, string Renewal)> Processing(string status)
    {
        var order = await Issued(await fleet.Account("prof-burst"), $"{status.Replace('_', '-')}.example.test");
        var id = Flows.IdOf(order.Location!);
        var renewal = await Database.Value<string>("SELECT renewal_id FROM acme_orders WHERE order_id = $1", id);
        await Database.Execute("DELETE FROM certificate_versions WHERE renewal_id = $1", renewal);
        await Database.Execute("""
            WITH lease AS (
                INSERT INTO renewal_leases SELECT gen_random_uuid(), ARRAY[$1], now() + interval '1 h' WHERE $2 = 'running' RETURNING token
            )
            UPDATE renewals SET status = $2, version_id = NULL, completed_at = NULL, next_attempt_at = now() + interval '1 h',
                lease_token = (SELECT token FROM lease) WHERE id = $1
            """, renewal, status);
        await Database.Execute("""
            UPDATE managed_certificates c SET status = 'RenewalInProgress' FROM renewals r WHERE r.id = $1 AND c.id = r.certificate_id
            """, renewal);
        await Database.Execute("UPDATE acme_orders SET status = 'processing', version_id = NULL, expires_at = now() - interval '1 s' WHERE order_id = $1", id);
        return (order, renewal);
    }

    private static async Task<AcmeResponse> Issued(AcmeClient client, string name)
    {
        var order = (await client.NewOrderAsync([name])).Ensured();
        (await client.FinalizeAsync(order.Member("finalize")!, RateLimitTests.Csr(order))).Ensured();
        return await Eventually.Becomes(() => client.GetOrderAsync(order.Location!), o => o.Member("status") == "valid", "the order is valid");
    }

    private static async Task<string> AuthorizationOf(AcmeClient client, string name) =>
        Flows.IdOf((await client.NewOrderAsync([name])).Ensured().Members("authorizations")[0]);

    private Task<int> ExpireAsync(AcmeResponse order) =>
        Database.Execute("UPDATE acme_orders SET expires_at = now() - interval '1 s' WHERE order_id = $1", Flows.IdOf(order.Location!));

    private Task<string> StatusOf(AcmeResponse order) =>
        Database.Value<string>("SELECT status FROM acme_orders WHERE order_id = $1", Flows.IdOf(order.Location!));

    private Task<long> AuditedAsync() => Database.Value<long>("SELECT count(*) FROM audit_events WHERE action = 'acme_gc' AND actor = 'acme-system:gc'");
}
