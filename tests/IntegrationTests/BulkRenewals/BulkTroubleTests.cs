using System.Net;
using Certctl.Core.Domain.Access;
using Certctl.RenewalWorker.Bulk;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Certctl.IntegrationTests.BulkRenewals;

/// <summary>What a bulk that got into trouble still allows.</summary>
[Collection(SharedServer.Name)]
public sealed class BulkTroubleTests(SharedServer server)
{
    private readonly HttpClient client = server.Client(Role.Admin);

    [Fact]
    public async Task A_failed_bulk_whose_renewals_are_unfinished_can_be_cancelled_and_then_no_more()
    {
        var (id, seed) = await FailedHalfwayAsync("bulk-failed-halfway", 3);
        await server.Database.Execute("UPDATE managed_certificates SET status = 'RenewalInProgress' WHERE environment = $1", seed.Environment);

        (await client.Post($"bulk-renewals/{id}/cancel")).Is(HttpStatusCode.Accepted);
        var bulk = await Eventually.Becomes(() => client.Read($"bulk-renewals/{id}"), b => b.Number("total_cancelled") == 3, "what was pending is cancelled");
        Assert.Equal("failed", bulk.Text("status"));
        Assert.Equal(3, await server.Database.Value<long>("SELECT count(*) FROM managed_certificates WHERE environment = $1 AND status = 'Active'", seed.Environment));
        (await client.Post($"bulk-renewals/{await FailedBulkAsync(seed.Environment, enqueued: 0)}/cancel")).IsProblem(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_cancellation_of_a_failed_bulk_whose_message_was_lost_is_swept_up()
    {
        var (id, _) = await FailedHalfwayAsync("bulk-failed-swept", 1);
        await server.Database.Execute("UPDATE bulk_renewals SET cancel_requested_at = now() WHERE id = $1", id);
        await Eventually.Becomes(() => client.Read($"bulk-renewals/{id}"), b => b.Number("total_cancelled") == 1, "what was pending is cancelled");
    }

    [Fact]
    public async Task A_bulk_that_times_out_has_ten_minutes_and_one_that_is_refused_a_quarter_of_one()
    {
        Assert.InRange(await PatienceWithAsync(new NpgsqlException("late", new TimeoutException())), TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(15));
        Assert.InRange(await PatienceWithAsync(new InvalidOperationException("refused")), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20));
    }

    /// <summary>The waits between the attempts, in a transaction that is not committed: nobody else sees the bulk.</summary>
    private async Task<TimeSpan> PatienceWithAsync(Exception error)
    {
        await using var connection = await server.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var insert = new NpgsqlCommand(
            "INSERT INTO bulk_renewals (id, status, criteria, force, requested_by, skipped, total_completed, total_failed, total_cancelled, created_at) VALUES ('br-patience', 'queued', '{}', false, 'admin', '{}', 0, 0, 0, now())", connection);
        await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var (now, waited) = (TimeProvider.System.GetUtcNow(), TimeSpan.Zero);
        while (!await ExpansionFailures.RecordAsync(connection, "bulk_renewals", "br-patience", error, now, TestContext.Current.CancellationToken))
        {
            await using var next = new NpgsqlCommand("SELECT next_expansion_at FROM bulk_renewals WHERE id = 'br-patience'", connection);
            waited += (DateTime)(await next.ExecuteScalarAsync(TestContext.Current.CancellationToken))! - now.UtcDateTime;
        }

        return waited;
    }

    /// <summary>A failed bulk whose renewals are all pending still.</summary>
    private async Task<(string Id, CertificateSeed Seed)> FailedHalfwayAsync(string name, int count)
    {
        var seed = new CertificateSeed(name, count);
        await seed.InsertAsync(server.Database);
        var id = await FailedBulkAsync(seed.Environment, enqueued: count);
        await server.Database.Execute("""
            INSERT INTO renewals (id, certificate_id, bulk_renewal_id, status, trigger, requested_by, attempts, max_attempts, next_attempt_at, created_at)
            SELECT 'rn-' || id, id, $1, 'pending', 'bulk', 'admin', 0, 2, now() + interval '1 day', now() FROM managed_certificates WHERE environment = $2
            """, id, seed.Environment);
        return (id, seed);
    }

    private async Task<string> FailedBulkAsync(string environment, int enqueued)
    {
        var id = $"br-{environment}-{enqueued}";
        await server.Database.Execute("""
            INSERT INTO bulk_renewals (id, status, criteria, force, requested_by, skipped, total_matched, total_enqueued, total_skipped,
                total_completed, total_failed, total_cancelled, created_at, started_at, expanded_at, completed_at, last_error)
            VALUES ($1, 'failed', '{}', false, 'admin', '{}', $2, $2, 0, 0, 0, 0, now(), now(), now(), now(), 'failed in a test')
            """, id, (long)enqueued);
        return id;
    }
}
