using Certctl.Core.Hosting;
using Npgsql;

namespace Certctl.RenewalWorker.Metrics;

/// <summary>How much waits and for how long, by the database: gauges <c>certctl.renewal.backlog</c> and
/// <c>certctl.renewal.oldest_waiting</c> (seconds), by state.</summary>
internal sealed class RenewalBacklog(NpgsqlDataSource database, TimeProvider time, ILogger<RenewalBacklog> logger)
    : RepeatingService(TimeSpan.FromSeconds(10), time, logger)
{
    private readonly System.Diagnostics.Metrics.Gauge<long> backlog = Telemetry.Meter.CreateGauge<long>(
        "certctl.renewal.backlog", "{renewal}", "Renewals that have not ended.");

    private readonly System.Diagnostics.Metrics.Gauge<double> oldest = Telemetry.Meter.CreateGauge<double>(
        "certctl.renewal.oldest_waiting", "s", "Age of the oldest renewal that has not ended.");

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT s.status, count(r.id), min(r.created_at)
            FROM unnest(ARRAY['pending', 'awaiting_csr', 'awaiting_approval', 'running']) AS s (status)
            LEFT JOIN renewals r ON r.status = s.status AND r.completed_at IS NULL
            GROUP BY s.status
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var state = new KeyValuePair<string, object?>("state", reader.GetString(0));
            backlog.Record(reader.GetInt64(1), state);
            oldest.Record(reader.IsDBNull(2) ? 0 : (Time.GetUtcNow() - reader.GetFieldValue<DateTimeOffset>(2)).TotalSeconds, state);
        }
    }
}
