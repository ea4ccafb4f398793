using System.Diagnostics.Metrics;
using Certctl.Core.Hosting;
using Npgsql;

namespace Certctl.HeartbeatIngest;

/// <summary>Counts agents for the gauge; what was counted last stands while the database is away. All of the narrow table, less the
/// few that are retired: a join of both whole tables every few seconds is a core's work for a million agents.</summary>
internal sealed class AgentCounts(NpgsqlDataSource database, TimeProvider time, ILogger<AgentCounts> logger)
    : RepeatingService(TimeSpan.FromSeconds(10), time, logger)
{
    private const string Count = """
        SELECT heard.online - retired.online, heard.offline - retired.offline
        FROM (SELECT count(*) FILTER (WHERE online) AS online, count(*) FILTER (WHERE NOT online) AS offline FROM agent_liveness) AS heard,
            (SELECT count(*) FILTER (WHERE l.online) AS online, count(*) FILTER (WHERE NOT l.online) AS offline
                FROM agents a JOIN agent_liveness l ON l.agent_id = a.id WHERE a.retired_at IS NOT NULL) AS retired
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
