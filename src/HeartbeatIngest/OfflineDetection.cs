using Certctl.Contracts;
using Certctl.Core.Hosting;
using Certctl.Core.Persistence;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Certctl.HeartbeatIngest;

/// <summary>Marks agents offline that have been silent for three times the interval they were told. Any replica, any number
/// of them at once.</summary>
internal sealed class OfflineDetection(NpgsqlDataSource database, IBus bus, TimeProvider time, ILogger<OfflineDetection> logger)
    : RepeatingService(TimeSpan.FromSeconds(5), time, logger)
{
    /// <summary>Agents that one statement marks.</summary>
    private const int ChunkSize = 5_000;

    /// <summary>Silence is measured from the last heartbeat, or from the end of our own last outage, to the newest message that
    /// was stored: event time throughout. While nothing is stored nobody's silence grows, so an outage of the API, the
    /// broker, an ingest or the database marks nobody offline. A row that is being written this instant is skipped.</summary>
    private const string MarkOffline = """
        WITH silent AS (
            SELECT l.agent_id
            FROM agent_liveness l
            CROSS JOIN heartbeat_intake i
            WHERE l.online
              AND NOT EXISTS (SELECT 1 FROM agents a WHERE a.id = l.agent_id AND a.retired_at IS NOT NULL)
              AND greatest(l.last_heartbeat_at, i.continuous_since) + l.heartbeat_interval_seconds * interval '3 seconds' < i.last_intake_at
            ORDER BY l.agent_id
            LIMIT $1
            FOR UPDATE OF l SKIP LOCKED
        ),
        gone AS (
            UPDATE agent_liveness l SET online = false
            FROM silent s WHERE l.agent_id = s.agent_id
            RETURNING l.agent_id, l.last_heartbeat_at
        ),
        audited AS (
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            SELECT 'heartbeat-ingest', 'system', 'agent_went_offline', 'agent', agent_id,
                   jsonb_build_object('last_heartbeat_at', last_heartbeat_at), now()
            FROM gone
        )
        SELECT agent_id, last_heartbeat_at FROM gone
        """;

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        List<AgentWentOffline> offline;
        do
        {
            offline = await MarkAsync(cancellationToken);
            if (offline.Count == 0) return;
            logger.LogInformation("{Agents} agents went offline, the first of them {AgentId}", offline.Count, offline[0].AgentId);
            // The row and its audit event are the truth; an event that the broker does not take is only a hint lost.
            using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            bounded.CancelAfter(Interval);
            await bus.PublishBatch(offline, bounded.Token);
        }
        while (offline.Count == ChunkSize);
    }

    /// <summary>One statement, one transaction.</summary>
    /// <returns>The agents that this call marked.</returns>
    internal async Task<List<AgentWentOffline>> MarkAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(MarkOffline);
        command.CommandTimeout = 10;
        command.Parameters.Number(ChunkSize);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var offline = new List<AgentWentOffline>();
        while (await reader.ReadAsync(cancellationToken))
            offline.Add(new AgentWentOffline(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1)));
        return offline;
    }
}
