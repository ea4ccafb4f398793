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
    public async Task The_migrations_are_the_model()
    {
        await using var scope = server.Services.CreateAsyncScope();
        Assert.False(scope.ServiceProvider.GetRequiredService<CertctlDbContext>().Database.HasPendingModelChanges());
    }
}
