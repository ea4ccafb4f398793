using Certctl.Core.Domain.Access;
using Certctl.Core.Persistence;
using Certctl.Core.Pki;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Certctl.Core.Auditing;

/// <summary>Seals what is final of the audit trail. Writers are never held up: they only ever insert, and this only reads.</summary>
public sealed class AuditSealing(NpgsqlDataSource database, SecretBox secrets, TimeProvider time, ILogger<AuditSealing> logger)
{
    /// <summary>Most events under one seal.</summary>
    internal const int MaxEvents = 20_000;

    /// <summary>Seals of one run; the next goes on.</summary>
    private const int MaxSeals = 200;

    private const long LockKey = 0x6365_7274_7365_616c; // "certseal"

    private readonly AuditSealKeys keys = new(secrets, time);

    /// <summary>Seals everything up to the horizon and gives back what it sealed.</summary>
    /// <param name="patience">How long a transaction that has written audit events may stay open before this leaves it to the next run.</param>
    public async Task<IReadOnlyList<AuditSeal>> RunAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var made = new List<AuditSeal>();
        if (await AuditHorizon.FindAsync(connection, patience, time, cancellationToken) is { } horizon)
        {
            while (made.Count < MaxSeals && await SealNextAsync(connection, horizon, cancellationToken) is { } seal)
            {
                made.Add(seal);
                // Logs are kept elsewhere than the database: each line there is an export of the seal.
                logger.LogInformation(
                    "Audit events {From} to {To} ({Count}) are sealed: {Seal}", seal.FromSequence, seal.ToSequence, seal.Count, Convert.ToHexStringLower(seal.Seal));
            }
        }
        else
        {
            logger.LogWarning("No audit events are sealed: a transaction that has written some is open for more than {Patience}", patience);
        }

        return made;
    }

    private async Task<AuditSeal?> SealNextAsync(NpgsqlConnection connection, long horizon, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var locking = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({LockKey})", connection))
            await locking.ExecuteNonQueryAsync(cancellationToken);
        var last = await LastAsync(connection, cancellationToken);
        var from = (last?.ToSequence ?? 0) + 1;
        if (await EndAsync(connection, from, horizon, cancellationToken) is not { } to) return null;
        var (keyId, key) = await keys.CurrentAsync(connection, cancellationToken);
        var (count, hash) = await AuditRange.HashAsync(connection, from, to, cancellationToken);
        var now = time.GetUtcNow();
        var seal = new AuditSeal
        {
            FromSequence = from,
            ToSequence = to,
            Count = count,
            EventsHash = hash,
            Seal = AuditHashing.Seal(key, last?.Seal, from, to, count, hash, now),
            KeyId = keyId,
            SealedAt = now,
        };
        await InsertAsync(connection, seal, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return seal;
    }

    /// <summary>The seal that the next one follows; null for the first.</summary>
    /// <exception cref="InvalidOperationException">It is not one that was made here: to go on from it would vouch for it.</exception>
    private async Task<AuditSeal?> LastAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var newest = await AuditRange.SealsAsync(connection, "$1 ORDER BY from_sequence DESC LIMIT 2", true, cancellationToken);
        if (newest.Count == 0) return null;
        return await keys.WhatIsWrongAsync(connection, newest.ElementAtOrDefault(1), newest[0], cancellationToken) is { } wrong
            ? throw new InvalidOperationException($"Nothing is sealed behind audit events {newest[0].FromSequence} to {newest[0].ToSequence}: {wrong}")
            : newest[0];
    }

    /// <summary>Where the next range ends; null when there is no event in it.</summary>
    private static async Task<long?> EndAsync(NpgsqlConnection connection, long from, long horizon, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            SELECT CASE count(*) WHEN 0 THEN NULL WHEN $3 THEN max(id) ELSE $2 END
            FROM (SELECT id FROM audit_events WHERE id BETWEEN $1 AND $2 ORDER BY id LIMIT $3) AS next
            """, connection);
        command.Parameters.BigNumber(from).BigNumber(horizon).BigNumber(MaxEvents);
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }

    private static async Task InsertAsync(NpgsqlConnection connection, AuditSeal seal, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            INSERT INTO audit_seals (from_sequence, to_sequence, count, events_hash, seal, key_id, sealed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
            """, connection);
        command.Parameters.BigNumber(seal.FromSequence).BigNumber(seal.ToSequence).BigNumber(seal.Count).Binary(seal.EventsHash).Binary(seal.Seal)
            .Text(seal.KeyId).Time(seal.SealedAt);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
