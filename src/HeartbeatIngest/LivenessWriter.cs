using Certctl.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace Certctl.HeartbeatIngest;

/// <summary>Writes heartbeats to PostgreSQL: one round trip and one transaction for a batch, safe to repeat.</summary>
internal sealed class LivenessWriter(NpgsqlDataSource database)
{
    /// <summary>Older never overwrites newer. <c>online_since</c> tells who came online without a second look at the row,
    /// also when two writers race: both columns come from the row version that this statement wrote.</summary>
    private const string Liveness = """
        WITH written AS (
            UPDATE agent_liveness l
            SET last_heartbeat_at = h.received_at,
                heartbeat_interval_seconds = h.interval_seconds,
                online = true,
                online_since = CASE WHEN l.online THEN l.online_since ELSE h.received_at END
            FROM unnest($1, $2, $3) AS h (agent_id, received_at, interval_seconds)
            WHERE l.agent_id = h.agent_id AND (l.last_heartbeat_at IS NULL OR l.last_heartbeat_at < h.received_at)
            RETURNING l.agent_id, l.last_heartbeat_at, l.online_since = l.last_heartbeat_at AS came_online
        ),
        audited AS (
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            SELECT 'heartbeat-ingest', 'system', 'agent_came_online', 'agent', agent_id, '{}', now() FROM written WHERE came_online
        )
        SELECT agent_id, last_heartbeat_at FROM written WHERE came_online
        """;

    /// <summary>After the liveness of the same batch, so that what an overtaken heartbeat said changes nothing. A null field
    /// leaves what is stored; a row that would not change is not written.</summary>
    private const string Metadata = """
        UPDATE agents a
        SET version = coalesce(m.version, a.version),
            hostname = coalesce(m.hostname, a.hostname),
            os = coalesce(m.os, a.os),
            architecture = coalesce(m.architecture, a.architecture),
            ip_address = coalesce(m.ip_address, a.ip_address),
            updated_at = now()
        FROM unnest($1, $2, $3, $4, $5, $6, $7) AS m (agent_id, received_at, version, hostname, os, architecture, ip_address)
        JOIN agent_liveness l ON l.agent_id = m.agent_id AND l.last_heartbeat_at = m.received_at
        WHERE a.id = m.agent_id
          AND (coalesce(m.version, a.version), coalesce(m.hostname, a.hostname), coalesce(m.os, a.os),
               coalesce(m.architecture, a.architecture), coalesce(m.ip_address, a.ip_address))
              IS DISTINCT FROM (a.version, a.hostname, a.os, a.architecture, a.ip_address)
        """;

    /// <summary>Last in its transaction, since every writer takes this one row; a second's step is fine enough. Never ahead of
    /// the database's clock: one API whose clock runs ahead must not make everybody else's agents look silent.</summary>
    private const string Intake = """
        UPDATE heartbeat_intake
        SET continuous_since = CASE
                WHEN $3 > $1 THEN $3
                WHEN $1 - last_intake_at > $4 THEN $1
                ELSE continuous_since END,
            last_intake_at = least($2, now())
        WHERE least($2, now()) > last_intake_at + interval '1 second'
        """;

    /// <returns>The agents that came online.</returns>
    /// <exception cref="NpgsqlException">Nothing was written, or all of it and only the answer was lost.</exception>
    public async Task<List<AgentCameOnline>> WriteAsync(Heartbeat[] heartbeats, IntakeStream stream, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection) { Timeout = 10 };
        if (heartbeats.Length > 0) batch.BatchCommands.Add(LivenessOf(heartbeats));
        var metadata = Array.FindAll(heartbeats, h => h.Metadata is { } said && NewestHeartbeats.IsStorable(said));
        if (metadata.Length > 0) batch.BatchCommands.Add(MetadataOf(metadata));
        batch.BatchCommands.Add(IntakeOf(stream));

        // One batch without an explicit transaction is one implicit transaction.
        var cameOnline = new List<AgentCameOnline>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            cameOnline.Add(new AgentCameOnline(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1)));
        while (await reader.NextResultAsync(cancellationToken))
        {
        }

        return cameOnline;
    }

    private static NpgsqlBatchCommand LivenessOf(Heartbeat[] heartbeats) => new(Liveness)
    {
        Parameters =
        {
            Texts(heartbeats, h => h.AgentId),
            Instants(heartbeats),
            new() { Value = Array.ConvertAll(heartbeats, h => h.NextHeartbeatSeconds), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer },
        },
    };

    private static NpgsqlBatchCommand MetadataOf(Heartbeat[] heartbeats) => new(Metadata)
    {
        Parameters =
        {
            Texts(heartbeats, h => h.AgentId),
            Instants(heartbeats),
            Texts(heartbeats, h => h.Metadata!.Version),
            Texts(heartbeats, h => h.Metadata!.Hostname),
            Texts(heartbeats, h => h.Metadata!.Os),
            Texts(heartbeats, h => h.Metadata!.Architecture),
            Texts(heartbeats, h => h.Metadata!.IpAddress),
        },
    };

    private static NpgsqlBatchCommand IntakeOf(IntakeStream stream) => new(Intake)
    {
        Parameters =
        {
            new() { Value = stream.First, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = stream.Last, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = stream.ContinuousSince, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = IntakeStream.Gap, NpgsqlDbType = NpgsqlDbType.Interval },
        },
    };

    private static NpgsqlParameter Instants(Heartbeat[] heartbeats) => new()
    {
        Value = Array.ConvertAll(heartbeats, h => h.ReceivedAt.UtcDateTime),
        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
    };

    private static NpgsqlParameter Texts(Heartbeat[] heartbeats, Func<Heartbeat, string?> text) =>
        new() { Value = Array.ConvertAll(heartbeats, h => text(h)), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
