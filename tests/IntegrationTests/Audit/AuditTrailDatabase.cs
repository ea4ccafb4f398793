using Certctl.Core.Auditing;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.IntegrationTests.Audit;

/// <summary>An audit trail in which stands what a test writes.</summary>
internal sealed class AuditTrailDatabase(IdleProcess process) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public TestDatabase Database => process.Database;

    public IServiceProvider Services => process.Services;

    public AuditVerification Verification => Services.GetRequiredService<AuditVerification>();

    public static async Task<AuditTrailDatabase> CreateAsync(string logLevel = "info") => new(await IdleProcess.CreateAsync(logLevel));

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

    public ValueTask DisposeAsync() => process.DisposeAsync();

    public const string Insert = """
        INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
        SELECT 'tester', 'api_key', 'tested', 'test', 'trail', '{"b": 1, "a": "ä"}', clock_timestamp()
        """;
}
