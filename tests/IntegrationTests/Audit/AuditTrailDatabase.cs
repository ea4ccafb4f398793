using Certctl.Core.Auditing;
using Certctl.Core.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.IntegrationTests.Audit;

/// <summary>A migrated database and a process that is not started: what is audited there is what a test writes.</summary>
internal sealed class AuditTrailDatabase : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly WebApplication process;

    private AuditTrailDatabase(TestDatabase database, WebApplication process) => (Database, this.process) = (database, process);

    public TestDatabase Database { get; }

    public IServiceProvider Services => process.Services;

    public AuditVerification Verification => Services.GetRequiredService<AuditVerification>();

    public static async Task<AuditTrailDatabase> CreateAsync(string logLevel = "info")
    {
        var database = await TestDatabase.CreateAsync();
        var process = ServiceHost.CreateBuilder([], configuration => configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["CERTCTL_DATABASE_URL"] = database.ConnectionString,
            ["CERTCTL_DATABASE_MAX_CONNS"] = "5",
            ["CERTCTL_LOG_LEVEL"] = logLevel,
            ["CERTCTL_CONFIG_ENCRYPTION_KEY"] = "the-key-encryption-key-of-the-tests-only",
        })).Build();
        await process.Services.PrepareDatabaseAsync(TestContext.Current.CancellationToken);
        return new AuditTrailDatabase(database, process);
    }

    public Task<int> WriteAsync(int events) => Database.Execute(Insert + " FROM generate_series(1, $1)", events);

    /// <summary>Seals and gives back the ranges that were sealed.</summary>
    public async Task<List<(long From, long To, long Count)>> SealAsync(TimeSpan? patience = null) =>
        [.. (await Services.GetRequiredService<AuditSealing>().RunAsync(patience ?? Patience, TestContext.Current.CancellationToken))
            .Select(s => (s.FromSequence, s.ToSequence, s.Count))];

    public Task<AuditVerdict> VerifyAsync(long from = 1, byte[]? knownSeal = null) =>
        Verification.RunAsync(from, knownSeal, TestContext.Current.CancellationToken);

    /// <summary>What whoever owns the database can do.</summary>
    public async Task TamperAsync(string sql)
    {
        foreach (var table in (string[])["audit_events", "audit_seals"]) await Database.Execute($"ALTER TABLE {table} DISABLE TRIGGER USER");
        Assert.NotEqual(0, await Database.Execute(sql));
        foreach (var table in (string[])["audit_events", "audit_seals"]) await Database.Execute($"ALTER TABLE {table} ENABLE TRIGGER USER");
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        await Database.DisposeAsync();
    }

    public const string Insert = """
        INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
        SELECT 'tester', 'api_key', 'tested', 'test', 'trail', '{"b": 1, "a": "ä"}', clock_timestamp()
        """;
}
