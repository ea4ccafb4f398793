using System.Diagnostics.Metrics;
using Certctl.Core.Hosting;
using Npgsql;

namespace Certctl.HeartbeatIngest;

/// <summary>Counts agents for the gauge; what was counted last stands while the database is away.</summary>
internal sealed class AgentCounts(NpgsqlDataSource database, TimeProvider time, ILogger<AgentCounts> logger)
    : RepeatingService(TimeSpan.FromSeconds(10), time, logger)
{
    private const string Count = """
        SELECT count(*) FILTER (WHERE l.online), count(*) FILTER (WHERE NOT l.online)
        FROM agent_liveness l JOIN agents a ON a.id = l.agent_id
        WHERE a.retired_at IS NULL
        """;

    private readonly Gauge<long> agents = Telemetry.Meter.CreateGauge<long>("certctl.agents", "{agent}", "Agents that are not retired, by status.");

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Count);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        agents.Record(reader.GetInt64(0), new KeyValuePair<string, object?>("status", "online"));
        agents.Record(reader.GetInt64(1), new KeyValuePair<string, object?>("status", "offline"));
    }
}
