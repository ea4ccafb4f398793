using Certctl.Contracts;
using Certctl.Core.Domain.Access;
using Certctl.Core.Hosting;
using Certctl.Core.Issuance;
using Certctl.IntegrationTests.BulkRenewals;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Certctl.IntegrationTests.Renewals;

/// <summary>At least once in, exactly once out.</summary>
[Collection(SharedServer.Name)]
public sealed class DeliveryTests(SharedServer server)
{
    private readonly HttpClient client = server.Client(Role.Viewer);

    [Fact]
    public async Task A_message_that_is_delivered_twice_issues_once()
    {
        var ids = await PendingAsync(new CertificateSeed("delivery-twice", 40), due: "interval '40 seconds'");
        var sender = server.Services.GetRequiredService<CommandSender>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            sender.SendAsync(Queues.RenewCertificates, new RenewCertificates(ids), TestContext.Current.CancellationToken)));
        await AllCompletedAsync(ids);
        // And once more when all of it is done, past the queue, so that it is known to have run.
        await server.Services.GetRequiredService<RenewalWork>().RunAsync(ids, TestContext.Current.CancellationToken);
        Assert.Equal(40, await VersionsAsync("delivery-twice"));
        Assert.All(await server.Database.Column<int>("SELECT attempts FROM renewals WHERE id = ANY($1)", (object)ids), attempts => Assert.Equal(1, attempts));
    }

    [Fact]
    public async Task Workers_that_take_the_same_renewals_at_once_issue_once()
    {
        var ids = await PendingAsync(new CertificateSeed("delivery-race", 40), due: "interval '40 seconds'");
        var work = server.Services.GetRequiredService<RenewalWork>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => work.RunAsync(ids, TestContext.Current.CancellationToken)));
        Assert.Equal(0, await LeasesAsync(ids)); // each ended by whoever held it, not by the sweep
        await AllCompletedAsync(ids);
        Assert.Equal(40, await VersionsAsync("delivery-race"));
    }

    [Fact]
    public async Task Two_orders_of_one_certificate_that_are_issued_together_get_a_version_each_and_leave_no_lease()
    {
        var ids = await PendingAsync(new CertificateSeed("delivery-two-orders"), due: "interval '40 seconds'");
        await server.Database.Execute("""
            INSERT INTO renewals (id, certificate_id, acme_order_id, status, trigger, requested_by, attempts, max_attempts, next_attempt_at, created_at)
            SELECT id || '-2', certificate_id, 'or-two', status, 'acme', requested_by, 0, 2, next_attempt_at, created_at FROM renewals WHERE id = $1
            """, ids[0]);
        string[] both = [ids[0], ids[0] + "-2"];
        await server.Services.GetRequiredService<RenewalWork>().RunAsync(both, TestContext.Current.CancellationToken);
        Assert.Equal(0, await LeasesAsync(both));
        Assert.Equal(("completed", "completed"), (await StatusAsync(both[0]), await StatusAsync(both[1])));
        Assert.Equal(2, await VersionsAsync("delivery-two-orders"));
    }

    [Fact]
    public async Task A_claim_whose_lease_ran_out_is_taken_back_and_done()
    {
        var ids = await PendingAsync(new CertificateSeed("delivery-lease", 3), due: "interval '40 seconds'");
        // As a worker leaves them that was killed after it had claimed.
        await server.Database.Execute("""
            WITH lease AS (INSERT INTO renewal_leases VALUES (gen_random_uuid(), $1, now() - interval '1 second') RETURNING token)
            UPDATE renewals SET status = 'running', attempts = 1, serial_number = md5(id), lease_token = lease.token, started_at = now()
            FROM lease WHERE id = ANY($1)
            """, (object)ids);
        await AllCompletedAsync(ids);
        Assert.Equal(3, await server.Database.Value<long>(
            "SELECT count(*) FROM renewals WHERE id = ANY($1) AND attempts = 2 AND serial_number <> md5(id) AND lease_token IS NULL", (object)ids));
        Assert.Equal(3, await VersionsAsync("delivery-lease"));
    }

    [Fact]
    public async Task A_claim_whose_lease_ran_out_at_the_last_attempt_fails()
    {
        var ids = await PendingAsync(new CertificateSeed("delivery-last"), due: "interval '40 seconds'");
        await server.Database.Execute("""
            WITH lease AS (INSERT INTO renewal_leases VALUES (gen_random_uuid(), $1, now() - interval '1 second') RETURNING token)
            UPDATE renewals SET status = 'running', attempts = max_attempts, lease_token = lease.token FROM lease WHERE id = ANY($1)
            """, (object)ids);
        var renewal = await client.RenewalBecomes(ids[0], "failed");
        Assert.NotEmpty(renewal.Text("last_error"));
        Assert.Equal("Active", (await client.Read($"certificates/{renewal.Text("certificate_id")}")).Text("status"));
    }

    [Fact]
    public async Task A_worker_whose_clock_has_jumped_ahead_holds_its_claim_no_longer_than_any_other()
    {
        var ids = await PendingAsync(new CertificateSeed("delivery-clock"), due: "interval '40 seconds'");
        var ahead = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(1));
        var claims = new RenewalClaims(server.Services.GetRequiredService<NpgsqlDataSource>(), ahead);
        Assert.Single(await claims.ClaimAsync(ids, Guid.NewGuid(), TestContext.Current.CancellationToken));
        Assert.True(await server.Database.Value<bool>(
            "SELECT expires_at BETWEEN now() AND now() + interval '16 seconds' FROM renewal_leases WHERE $1 = ANY(renewal_ids)", ids[0]));
        await AllCompletedAsync(ids);
        Assert.Equal(1, await VersionsAsync("delivery-clock"));
    }

    [Fact]
    public async Task A_lease_that_ran_out_stays_while_somebody_has_a_renewal_of_it_in_hand()
    {
        var ids = await PendingAsync(new CertificateSeed("delivery-in-hand", 2), due: "interval '40 seconds'");
        await server.Database.Execute("""
            WITH lease AS (INSERT INTO renewal_leases VALUES (gen_random_uuid(), $1, now() + interval '1 hour') RETURNING token)
            UPDATE renewals SET status = 'running', attempts = 1, lease_token = lease.token, started_at = now() FROM lease WHERE id = ANY($1)
            """, (object)ids);
        await using (var connection = await server.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(TestContext.Current.CancellationToken))
        await using (await connection.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await using var holding = new NpgsqlCommand("SELECT 1 FROM renewals WHERE id = $1 FOR UPDATE", connection);
            holding.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ids[0] });
            await holding.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await server.Database.Execute("UPDATE renewal_leases SET expires_at = now() - interval '1 second' WHERE renewal_ids = $1", (object)ids);
            await Eventually.Becomes(() => StatusAsync(ids[1]), status => status == "completed", "the other renewal is completed");
            Assert.Equal("running", await StatusAsync(ids[0]));
            Assert.Equal(1, await server.Database.Value<long>("SELECT count(*) FROM renewal_leases WHERE renewal_ids = $1", (object)ids));
        }

        await AllCompletedAsync(ids);
    }

    [Fact]
    public async Task What_is_signed_while_its_certificate_is_being_revoked_is_not_written()
    {
        // A renewal that the revocation did not see when it cancelled what was on its way: a bulk that expanded meanwhile.
        var ids = await PendingAsync(new CertificateSeed("delivery-revoked", 2), due: "interval '40 seconds'");
        var certificate = await server.Database.Value<string>("SELECT certificate_id FROM renewals WHERE id = $1", ids[0]);
        var lease = Guid.NewGuid();
        var claimed = await server.Services.GetRequiredService<RenewalClaims>().ClaimAsync(ids, lease, TestContext.Current.CancellationToken);
        Task<IReadOnlyDictionary<string, string>> written;
        await using (var connection = await server.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(TestContext.Current.CancellationToken))
        await using (var revocation = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await using var revoking = new NpgsqlCommand("UPDATE managed_certificates SET status = 'Revoked', revoked_at = now() WHERE id = $1", connection);
            revoking.Parameters.Add(new NpgsqlParameter<string> { TypedValue = certificate });
            await revoking.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            written = server.Services.GetRequiredService<RenewalWork>().RunAsync(new ClaimedRenewals(lease, claimed), TestContext.Current.CancellationToken);
            await Eventually.Becomes(() => server.Database.Value<bool>("SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid)))", connection.ProcessID),
                waits => waits, "the writing waits for the revocation");
            await revocation.CommitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal([ids[1]], (await written).Keys);
        Assert.Equal("Revoked", await server.Database.Value<string>("SELECT status FROM managed_certificates WHERE id = $1", certificate));
        Assert.Equal(("cancelled", "completed"), (await StatusAsync(ids[0]), await StatusAsync(ids[1])));
        Assert.Equal(1, await VersionsAsync("delivery-revoked"));
        Assert.Equal(0, await server.Database.Value<long>("SELECT count(*) FROM renewal_leases WHERE token = $1", lease));
    }

    [Fact]
    public async Task Renewals_for_which_no_message_stands_are_published_by_the_sweep()
    {
        var ids = await PendingAsync(new CertificateSeed("delivery-lost", 5), due: "interval '-1 second'");
        await AllCompletedAsync(ids);
        Assert.Equal(5, await VersionsAsync("delivery-lost"));
    }

    [Fact]
    public async Task A_bulk_for_which_no_message_stands_is_expanded_by_the_sweep()
    {
        var seed = new CertificateSeed("delivery-bulk", 5);
        await seed.InsertAsync(server.Database);
        await server.Database.Execute("""
            INSERT INTO bulk_renewals (id, status, criteria, force, requested_by, skipped, total_completed, total_failed, total_cancelled, created_at)
            VALUES ('br-delivery', 'queued', '{"environment": "delivery-bulk"}', false, 'operator', '{}', 0, 0, 0, now())
            """);
        Assert.Equal(5, (await client.EndOfBulk("br-delivery")).Number("total_completed"));
    }

    /// <summary>Rows as a bulk writes them, without a message.</summary>
    private async Task<string[]> PendingAsync(CertificateSeed seed, string due)
    {
        await seed.InsertAsync(server.Database);
        await server.Database.Execute($"""
            WITH flipped AS (
                UPDATE managed_certificates SET status = 'RenewalInProgress' WHERE environment = $1 RETURNING id
            )
            INSERT INTO renewals (id, certificate_id, status, trigger, requested_by, attempts, max_attempts, next_attempt_at, created_at)
            SELECT 'rn-' || id, id, 'pending', 'bulk', 'operator', 0, 2, now() + {due}, now() FROM flipped
            """, seed.Environment);
        return [.. Enumerable.Range(1, seed.Count).Select(n => "rn-" + seed.Id(n))];
    }

    private async Task AllCompletedAsync(string[] ids)
    {
        await Eventually.Becomes(
            () => server.Database.Value<long>("SELECT count(*) FROM renewals WHERE id = ANY($1) AND status = 'completed'", (object)ids),
            completed => completed == ids.Length, $"{ids.Length} renewals are completed");
        await Eventually.Becomes(() => LeasesAsync(ids), leases => leases == 0, "no lease is left");
    }

    private Task<long> LeasesAsync(string[] ids) => server.Database.Value<long>("SELECT count(*) FROM renewal_leases WHERE renewal_ids && $1", (object)ids);

    private Task<string> StatusAsync(string id) => server.Database.Value<string>("SELECT status FROM renewals WHERE id = $1", id);

    private Task<long> VersionsAsync(string environment) => server.Database.Value<long>(
        "SELECT count(*) FROM certificate_versions v JOIN managed_certificates c ON c.id = v.certificate_id WHERE c.environment = $1", environment);
}
