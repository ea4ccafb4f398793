using Npgsql;

namespace Certctl.IntegrationTests.Acme;

/// <summary>A row that this test has locked: whoever wants it waits until the test lets go.</summary>
internal sealed class HeldRow : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;

    private HeldRow(NpgsqlConnection connection, NpgsqlTransaction transaction) => (this.connection, this.transaction) = (connection, transaction);

    /// <param name="select">Selects the row, without FOR UPDATE; its one parameter is $1.</param>
    public static async Task<HeldRow> LockAsync(TestDatabase database, string select, string parameter)
    {
        var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        var held = new HeldRow(connection, await connection.BeginTransactionAsync());
        await held.ExecuteAsync(select + " FOR UPDATE", parameter);
        return held;
    }

    /// <summary>Runs something in the transaction that holds the row.</summary>
    public async Task ExecuteAsync(string sql, string parameter)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Waits until so many wait for what this transaction holds, or for others who do.</summary>
    public Task IsWantedAsync(TestDatabase database, int by = 1) => Eventually.Holds(
        () => database.Value<bool>("""
            WITH RECURSIVE waiting AS (
                SELECT $1::int AS pid UNION SELECT a.pid FROM pg_stat_activity a JOIN waiting w ON w.pid = ANY(pg_blocking_pids(a.pid))
            )
            SELECT count(*) > $2 FROM waiting
            """, connection.ProcessID, by), $"{by} wait for the row");

    public Task LetGoAsync() => transaction.CommitAsync();

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
