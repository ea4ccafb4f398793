using System.Diagnostics.Metrics;
using Certctl.Core.Hosting;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Certctl.HeartbeatIngest;

/// <summary>Counts agents for the gauge; what was counted last stands while the database is away.</summary>
internal sealed class AgentCounts(NpgsqlDataSource database, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private long online;
    private long offline;

    private const string Count = """
        SELECT count(*) FILTER (WHERE l.online), count(*) FILTER (WHERE NOT l.online)
        FROM agent_liveness l JOIN agents a ON a.id = l.agent_id
        WHERE a.retired_at IS NULL
        """;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Telemetry.Meter.CreateObservableGauge("certctl.agents", Observe, unit: "{agent}", description: "Agents that are not retired, by status.");
        using var timer = new PeriodicTimer(Interval, time);
        do await CountAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private IEnumerable<Measurement<long>> Observe() =>
    [
        new(Volatile.Read(ref online), new KeyValuePair<string, object?>("status", "online")),
        new(Volatile.Read(ref offline), new KeyValuePair<string, object?>("status", "offline")),
    ];

    private async Task CountAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.CreateCommand(Count);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            Volatile.Write(ref online, reader.GetInt64(0));
            Volatile.Write(ref offline, reader.GetInt64(1));
        }
        catch (NpgsqlException)
        {
            // The readiness check reports the database; the gauge keeps its last value.
        }
    }
}
