using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Certctl.Bench;

/// <summary>The 5,000 agents of the load tests, where they are not seeded yet. Runs before the agent directory is asked.</summary>
internal sealed class BenchSeed(NpgsqlDataSource database) : IHostedService
{
    public const int Agents = 5000;

    private static readonly string Sql = $"""
        WITH fleet AS (
            INSERT INTO agents (id, name, hostname, os, architecture, ip_address, version, registered_at, updated_at)
            SELECT id, id, id || '.example.test', 'linux', 'amd64', '10.0.0.1', '1.0.0', now(), now()
            FROM (SELECT 'ag-loadtest-' || to_char(n, 'FM00000') AS id FROM generate_series(1, {Agents}) n) s
            ON CONFLICT DO NOTHING
            RETURNING id
        )
        INSERT INTO agent_liveness (agent_id, last_heartbeat_at, heartbeat_interval_seconds, online)
        SELECT id, now() - random() * interval '60 s', 30, true FROM fleet
        """;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
