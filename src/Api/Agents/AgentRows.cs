using System.Runtime.CompilerServices;
using Certctl.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace Certctl.Api.Agents;

/// <summary>Reads from <c>agents</c> what the directory keeps, and nothing else: no change tracking, no entities.</summary>
internal sealed class AgentRows(NpgsqlDataSource database)
{
    private const string Columns =
        "SELECT id, api_key_hash, retired_at IS NOT NULL, version, hostname, os, architecture, ip_address FROM agents ";

    /// <summary>What time it is for the database.</summary>
    public async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT now()");
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellationToken))!);
    }

    public IAsyncEnumerable<(string Id, AgentRow Row)> AllAsync(CancellationToken cancellationToken) => ReadAsync(Columns, [], cancellationToken);

    public IAsyncEnumerable<(string Id, AgentRow Row)> ChangedSinceAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        ReadAsync(Columns + "WHERE updated_at >= $1", [new() { Value = since, NpgsqlDbType = NpgsqlDbType.TimestampTz }], cancellationToken);

    public IAsyncEnumerable<(string Id, AgentRow Row)> OfAsync(string id, CancellationToken cancellationToken) =>
        ReadAsync(Columns + "WHERE id = $1", [new() { Value = id, NpgsqlDbType = NpgsqlDbType.Text }], cancellationToken);

    public IAsyncEnumerable<(string Id, AgentRow Row)> WithTokenAsync(
        ReadOnlyMemory<byte> tokenHash, CancellationToken cancellationToken) =>
        ReadAsync(Columns + "WHERE api_key_hash = $1", [new() { Value = tokenHash, NpgsqlDbType = NpgsqlDbType.Bytea }], cancellationToken);

    private async IAsyncEnumerable<(string Id, AgentRow Row)> ReadAsync(
        string sql, NpgsqlParameter[] parameters, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        command.CommandTimeout = 10;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            TokenHash? token = reader.IsDBNull(1) ? null : TokenHash.Of(reader.GetFieldValue<byte[]>(1));
            var metadata = new AgentMetadata(Text(reader, 3), Text(reader, 4), Text(reader, 5), Text(reader, 6), Text(reader, 7));
            yield return (reader.GetString(0), new AgentRow(token, reader.GetBoolean(2), metadata));
        }
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
