using Certctl.Core.Domain.Access;
using Certctl.Core.Persistence;
using Npgsql;

namespace Certctl.Core.Auditing;

/// <summary>Reads audit events by range.</summary>
internal static class AuditRange
{
    /// <summary>Their count and hash, read once in the order of their ids.</summary>
    public static async Task<(long Count, byte[] Hash)> HashAsync(NpgsqlConnection connection, long from, long to, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            SELECT id, actor, actor_type, action, resource_type, resource_id, details::text, timestamp
            FROM audit_events WHERE id BETWEEN $1 AND $2 ORDER BY id
            """, connection);
        command.Parameters.BigNumber(from).BigNumber(to);
        using var hashing = new AuditHashing();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            hashing.Append(new AuditEvent
            {
                Id = reader.GetInt64(0),
                Actor = reader.GetString(1),
                ActorType = reader.GetString(2),
                Action = reader.GetString(3),
                ResourceType = reader.GetString(4),
                ResourceId = reader.GetString(5),
                Details = reader.GetString(6),
                Timestamp = reader.GetFieldValue<DateTimeOffset>(7),
            });
        }

        return (hashing.Count, hashing.Finish());
    }

    /// <summary>The lowest id of an event; null when there is none.</summary>
    public static async Task<long?> LowestAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT min(id) FROM audit_events", connection);
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }

    /// <summary>Events after the last seal.</summary>
    public static async Task<long> CountUnsealedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT count(*) FROM audit_events WHERE id > COALESCE((SELECT max(to_sequence) FROM audit_seals), 0)", connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Seals by range, lowest first.</summary>
    /// <param name="condition">SQL over audit_seals with $1.</param>
    public static async Task<List<AuditSeal>> SealsAsync(
        NpgsqlConnection connection, string condition, object parameter, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT from_sequence, to_sequence, count, events_hash, seal, key_id, sealed_at FROM audit_seals WHERE {condition}", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        var seals = new List<AuditSeal>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            seals.Add(new AuditSeal
            {
                FromSequence = reader.GetInt64(0),
                ToSequence = reader.GetInt64(1),
                Count = reader.GetInt64(2),
                EventsHash = reader.GetFieldValue<byte[]>(3),
                Seal = reader.GetFieldValue<byte[]>(4),
                KeyId = reader.GetString(5),
                SealedAt = reader.GetFieldValue<DateTimeOffset>(6),
            });
        }

        return seals;
    }
}
