using System.Security.Cryptography;
using Certctl.Core.Persistence;
using Certctl.Core.Pki;
using Npgsql;

namespace Certctl.Core.Issuance.Rotation;

/// <summary>Seals one column's secrets again under the current key, a bounded batch a transaction.</summary>
internal sealed class ColumnRotation(NpgsqlDataSource database, SecretBox secrets, SealedColumn column)
{
    private const int BatchSize = 200;

    private readonly string keys = string.Join(", ", column.Key);

    /// <summary>Goes through the table once. What somebody holds at that moment is left for another pass.</summary>
    /// <param name="failures">Gets a line for each secret that cannot be opened.</param>
    /// <returns>How many were sealed again.</returns>
    public async Task<long> PassAsync(ICollection<string> failures, CancellationToken cancellationToken)
    {
        var (total, after) = (0L, new string[column.Key.Length]);
        Array.Fill(after, "");
        while (true)
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var batch = await ReadAsync(connection, after, cancellationToken);
            if (batch.Count == 0) return total;
            after = batch[^1].Key;
            total += await WriteAsync(connection, SealAgain(batch, failures), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    /// <summary>Secrets that are still under another key.</summary>
    public async Task<long> CountRemainingAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"SELECT count(*) FROM {column.Table} WHERE {column.Cipher} IS NOT NULL AND key_encryption_key_id <> $1");
        command.Parameters.Text(secrets.KeyId);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<List<Row>> ReadAsync(NpgsqlConnection connection, string[] after, CancellationToken cancellationToken)
    {
        var parameters = string.Join(", ", after.Select((_, index) => $"${index + 2}"));
        await using var command = new NpgsqlCommand($"""
            SELECT {keys}, {column.Cipher}, key_encryption_key_id FROM {column.Table}
            WHERE {column.Cipher} IS NOT NULL AND key_encryption_key_id <> $1 AND ({keys}) > ({parameters})
            ORDER BY {keys} LIMIT {BatchSize} FOR UPDATE SKIP LOCKED
            """, connection);
        command.Parameters.Text(secrets.KeyId);
        foreach (var value in after) command.Parameters.Text(value);
        var rows = new List<Row>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = Enumerable.Range(0, column.Key.Length).Select(reader.GetString).ToArray();
            rows.Add(new Row(key, new EncryptedSecret(reader.GetString(key.Length + 1), reader.GetFieldValue<byte[]>(key.Length))));
        }

        return rows;
    }

    private List<Row> SealAgain(List<Row> rows, ICollection<string> failures)
    {
        var again = new List<Row>();
        foreach (var row in rows)
        {
            try
            {
                var plaintext = secrets.Open(row.Secret, column.SealedFor(row.Key));
                again.Add(row with { Secret = secrets.Seal(plaintext, column.SealedFor(row.Key)) });
                CryptographicOperations.ZeroMemory(plaintext);
            }
            catch (SecretBoxException e)
            {
                failures.Add($"{column.Table} {string.Join('/', row.Key)}: {e.Message}");
            }
        }

        return again;
    }

    private async Task<int> WriteAsync(NpgsqlConnection connection, List<Row> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0) return 0;
        var names = column.Key.Select((_, index) => $"k{index}").ToArray();
        await using var command = new NpgsqlCommand($"""
            UPDATE {column.Table} t SET {column.Cipher} = n.cipher, key_encryption_key_id = $1
            FROM unnest($2, {string.Join(", ", names.Select((_, index) => $"${index + 3}"))}) AS n (cipher, {string.Join(", ", names)})
            WHERE {string.Join(" AND ", column.Key.Zip(names, (key, name) => $"t.{key} = n.{name}"))}
            """, connection);
        command.Parameters.Text(secrets.KeyId).Bytes(rows.Select(r => r.Secret.Ciphertext));
        for (var index = 0; index < names.Length; index++)
            command.Parameters.Texts(rows.Select(r => r.Key[index]));
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Row(string[] Key, EncryptedSecret Secret);
}
