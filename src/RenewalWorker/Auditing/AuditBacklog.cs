using System.Diagnostics.Metrics;
using Certctl.Core.Hosting;
using Npgsql;

namespace Certctl.RenewalWorker.Auditing;

/// <summary>How old the oldest audit event is that no seal covers: gauge <c>certctl.audit.oldest_unsealed</c> (seconds). Asked of
/// the database and not of the job, which may be what does not run.</summary>
internal sealed class AuditBacklog(NpgsqlDataSource database, TimeProvider time, ILogger<AuditBacklog> logger)
    : RepeatingService(TimeSpan.FromSeconds(30), time, logger)
{
    private static readonly Gauge<double> OldestUnsealed = Telemetry.Meter.CreateGauge<double>(
        "certctl.audit.oldest_unsealed", "s", "Age of the oldest audit event that no seal covers.");

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT timestamp FROM audit_events WHERE id > COALESCE((SELECT max(to_sequence) FROM audit_seals), 0) ORDER BY id LIMIT 1
            """);
        var oldest = await command.ExecuteScalarAsync(cancellationToken);
        OldestUnsealed.Record(oldest is DateTime since ? (Time.GetUtcNow().UtcDateTime - since).TotalSeconds : 0);
    }
}
