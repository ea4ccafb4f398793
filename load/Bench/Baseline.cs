using Certctl.Api.Agents;
using Certctl.Contracts;
using Certctl.Core.Hosting;
using Certctl.Core.Hosting.Settings;
using Npgsql;
using NpgsqlTypes;

namespace Certctl.Bench;

/// <summary>What the queue is measured against: one prepared UPDATE for each request, on a pool of 20 connections.</summary>
internal sealed class Baseline : IAsyncDisposable
{
    private const string Sql = """
        UPDATE agent_liveness SET last_heartbeat_at = $2, heartbeat_interval_seconds = $3, online = true
        WHERE agent_id = $1 AND (last_heartbeat_at IS NULL OR last_heartbeat_at < $2)
        """;

    private readonly NpgsqlDataSource pool;

    public Baseline(DatabaseSettings database)
    {
        var connection = new NpgsqlConnectionStringBuilder(Database.ConnectionString(database, "certctl-bench-baseline"))
        {
            MinPoolSize = 20,
            MaxPoolSize = 20,
            MaxAutoPrepare = 5,
            AutoPrepareMinUsages = 1,
        };
        pool = NpgsqlDataSource.Create(connection);
    }

    public async Task<HeartbeatOutcome> AcceptAsync(Heartbeat heartbeat)
    {
        await using var command = pool.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = heartbeat.AgentId, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = heartbeat.ReceivedAt, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = heartbeat.NextHeartbeatSeconds, NpgsqlDbType = NpgsqlDbType.Integer });
        await command.ExecuteNonQueryAsync();
        return HeartbeatOutcome.Accepted;
    }

    public ValueTask DisposeAsync() => pool.DisposeAsync();
}
