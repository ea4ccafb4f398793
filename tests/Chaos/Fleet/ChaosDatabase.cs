using Npgsql;

namespace Certctl.Chaos.Fleet;

/// <summary>The fleet's database, past every proxy.</summary>
internal sealed class ChaosDatabase(Uri url) : IAsyncDisposable
{
    // Unpooled: a pooled connection would not outlive what is done to PostgreSQL here.
    private readonly NpgsqlDataSource source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
    {
        Host = url.Host,
        Port = url.Port,
        Database = url.AbsolutePath.Trim('/'),
        Username = url.UserInfo.Split(':')[0],
        Password = Uri.UnescapeDataString(url.UserInfo.Split(':')[1]),
        Pooling = false,
        Timeout = 5,
        CommandTimeout = 30,
    });

    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The first column of the first row; parameters are $1, $2, …</summary>
    public async Task<T> ValueAsync<T>(string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<IReadOnlyList<T>> RowsAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add(read(reader));
        return rows;
    }

    /// <summary>The same count, or none while PostgreSQL is away.</summary>
    public async Task<long?> TryCountAsync(string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        try
        {
            return await ValueAsync<long>(sql, cancellationToken, parameters);
        }
        catch (NpgsqlException e) when (e is not PostgresException refusal || refusal.SqlState.StartsWith("57P", StringComparison.Ordinal))
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    private NpgsqlCommand Command(string sql, object[] parameters)
    {
        var command = source.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return command;
    }
}
