using System.Globalization;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Certctl.Bench;

/// <summary>The agents of the load tests, where they are not seeded yet. Runs before the agent directory is asked.</summary>
internal sealed class BenchSeed(NpgsqlDataSource database) : IHostedService
{
    /// <summary>How many there are to be.</summary>
    public const string AgentsVariable = "BENCH_HOST_AGENTS";

    private const string Sql = """
        WITH fleet AS (
            INSERT INTO agents (id, name, hostname, os, architecture, ip_address, version, registered_at, updated_at)
            SELECT id, id, id || '.example.test', 'linux', 'amd64', '10.0.0.1', '1.0.0', now(), now()
            FROM (SELECT 'ag-loadtest-' || lpad(n::text, greatest(5, length(n::text)), '0') AS id FROM generate_series(1, $1) n) s
            ON CONFLICT DO NOTHING
            RETURNING id
        )
        INSERT INTO agent_liveness (agent_id, last_heartbeat_at, heartbeat_interval_seconds, online)
        SELECT id, now() - random() * interval '60 s', 30, true FROM fleet
        """;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var seed = database.CreateCommand(Sql);
        seed.CommandTimeout = 120;
        seed.Parameters.Add(new NpgsqlParameter<int> { TypedValue = int.Parse(Environment.GetEnvironmentVariable(AgentsVariable) ?? "5000", CultureInfo.InvariantCulture) });
        await seed.ExecuteNonQueryAsync(cancellationToken);
        // Else autovacuum does it while something is measured.
        await using var vacuum = database.CreateCommand("VACUUM (ANALYZE) agents, agent_liveness");
        vacuum.CommandTimeout = 120;
        await vacuum.ExecuteNonQueryAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
