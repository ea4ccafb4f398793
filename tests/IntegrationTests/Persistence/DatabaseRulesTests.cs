using Certctl.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Certctl.IntegrationTests.Persistence;

[Collection(SharedServer.Name)]
public sealed class DatabaseRulesTests(SharedServer server)
{
    [Theory]
    [InlineData("UPDATE audit_events SET actor = 'nobody'")]
    [InlineData("DELETE FROM audit_events")]
    [InlineData("TRUNCATE audit_events")]
    public async Task Audit_events_are_append_only(string sql)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => server.Database.Execute(sql));
        Assert.Contains("append-only", refused.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_has_at_most_one_active_renewal()
    {
        await using var scope = server.Services.CreateAsyncScope();
        const string insert = """
            INSERT INTO renewals (id, certificate_id, status, trigger, requested_by, attempts, max_attempts, next_attempt_at, created_at)
            VALUES ($1, 'mc-one-active', 'awaiting_approval', 'api', 'operator', 0, 1, now(), now())
            """;
        await server.Database.Execute(insert, "rn-one-active");
        var refused = await Assert.ThrowsAsync<PostgresException>(() => server.Database.Execute(insert, "rn-two-active"));
        Assert.Equal(PostgresErrorCodes.UniqueViolation, refused.SqlState);
        await server.Database.Execute("DELETE FROM renewals WHERE id = 'rn-one-active'");
    }

    [Fact]
    public async Task What_a_claim_changes_of_a_renewal_is_in_no_index()
    {
        // Nor in an index's condition: either would make an index entry for every index out of each claim.
        var indexed = await server.Database.Column<string>("""
            SELECT DISTINCT a.attname::text FROM pg_index i
            JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid AND d.refobjid = i.indrelid
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = d.refobjsubid
            WHERE i.indrelid = 'renewals'::regclass
            """);
        Assert.Contains("next_attempt_at", indexed);
        Assert.Contains("completed_at", indexed);
        Assert.DoesNotContain(indexed, column => column is "status" or "attempts" or "serial_number" or "lease_token" or "started_at" or "last_error");
    }

    [Theory]
    [InlineData("renewals", """
        INSERT INTO renewals (id, certificate_id, status, trigger, requested_by, attempts, max_attempts, next_attempt_at, created_at)
        SELECT 'rn-' || md5(i::text), 'mc-hot-' || i, 'pending', 'bulk', 'operator', 0, 4, now(), now() FROM generate_series(1, 200) AS i;
        UPDATE renewals SET status = 'running', attempts = 1, serial_number = md5(id), lease_token = gen_random_uuid(), started_at = now()
        WHERE certificate_id LIKE 'mc-hot-%'
        """)]
    [InlineData("acme_orders", """
        INSERT INTO acme_orders (order_id, account_id, profile_id, identifiers, authorization_ids, status, expires_at, created_at, updated_at)
        SELECT 'acme-ord-' || md5(i::text), 'acc-hot', 'prof-test', '[{"type": "dns", "value": "hot.example.test"}]', ARRAY['acme-authz-' || md5(i::text)],
            'ready', now(), now(), now() FROM generate_series(1, 200) AS i;
        UPDATE acme_orders SET status = 'processing', renewal_id = 'rn-' || md5(order_id), certificate_id = 'mc-acme-' || md5(order_id), updated_at = now()
        WHERE account_id = 'acc-hot'
        """)]
    public async Task A_claim_and_a_finalize_are_hot_updates(string table, string sql)
    {
        var hot = await server.Database.Column<long>($"BEGIN; {sql}; SELECT pg_stat_get_xact_tuples_hot_updated('{table}'::regclass); ROLLBACK");
        // All of a page's rows at once; what comes one after the other finds more room.
        Assert.InRange(Assert.Single(hot), 150, 200);
    }

    [Theory]
    [InlineData("'completed'", "NULL")]
    [InlineData("'pending'", "now()")]
    public async Task A_renewal_has_a_time_of_its_end_when_it_has_ended_and_else_none(string status, string completedAt)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => server.Database.Execute($"""
            INSERT INTO renewals (id, certificate_id, status, trigger, requested_by, attempts, max_attempts, next_attempt_at, created_at, completed_at)
            VALUES ('rn-half-ended', 'mc-half-ended', {status}, 'api', 'operator', 0, 1, now(), now(), {completedAt})
            """));
        Assert.Equal((PostgresErrorCodes.CheckViolation, "ck_renewals_completed_at"), (refused.SqlState, refused.ConstraintName));
    }

    [Fact]
    public async Task The_migrations_are_the_model()
    {
        await using var scope = server.Services.CreateAsyncScope();
        Assert.False(scope.ServiceProvider.GetRequiredService<CertctlDbContext>().Database.HasPendingModelChanges());
    }
}
