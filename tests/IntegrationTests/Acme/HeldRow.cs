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

    /// <summary>Waits until somebody waits for what this transaction holds.</summary>
    public Task IsWantedAsync(TestDatabase database) => Eventually.Holds(
        () => database.Value<bool>("SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid)))", connection.ProcessID), "somebody waits for the row");

    public Task LetGoAsync() => transaction.CommitAsync();

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
