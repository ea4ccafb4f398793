using System.Security.Cryptography;
using Certctl.Core.Domain.Access;
using Certctl.Core.Pki;
using Npgsql;

namespace Certctl.Core.Auditing;

/// <summary>What a verification found.</summary>
/// <param name="Seals">Seals that match, from where it began.</param>
/// <param name="Events">Events under them.</param>
/// <param name="ToSequence">The last id that is known to be as it was; null when there is none.</param>
/// <param name="FirstMismatch">The first range that does not match; nothing behind it was looked at.</param>
/// <param name="NextFromSequence">Where to go on; null at the end of the chain and at a mismatch.</param>
/// <param name="UnsealedEvents">Events that no seal covers yet.</param>
/// <param name="KnownSealVerified">Whether the known seal is one of those that match; null when none was given.</param>
public sealed record AuditVerdict(
    long Seals, long Events, long? ToSequence, AuditMismatch? FirstMismatch, long? NextFromSequence, long UnsealedEvents, bool? KnownSealVerified);

/// <summary>A range of audit event ids that is not as it was sealed, and what is wrong with it.</summary>
public sealed record AuditMismatch(long FromSequence, long ToSequence, string Reason);

/// <summary>Compares the audit trail with its seals: bounded work a call, from one range to the next.</summary>
public sealed class AuditVerification(NpgsqlDataSource database, SecretBox secrets, TimeProvider time)
{
    /// <summary>Seals that one call looks at.</summary>
    internal const int MaxSeals = 500;

    /// <summary>Events after which a call stops, at the end of a range.</summary>
    private const int MaxEvents = 100_000;

    private readonly AuditSealKeys keys = new(secrets, time);

    /// <summary>Verifies the ranges that begin at this id or after it.</summary>
    /// <param name="fromSequence">1 begins with the first seal; else <see cref="AuditVerdict.NextFromSequence"/> of the call before.</param>
    /// <param name="knownSeal">A seal that was exported before: it must be in the chain still. That a row holds it proves nothing, since
    /// whoever owns the database can put it anywhere; only <see cref="AuditVerdict.KnownSealVerified"/> of one of the calls does.</param>
    public async Task<AuditVerdict> RunAsync(long fromSequence, byte[]? knownSeal, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var unsealed = await AuditRange.CountUnsealedAsync(connection, cancellationToken);
        if (fromSequence <= 1 && await BelowFirstAsync(connection, cancellationToken) is { } below) return Verdict(0, 0, null, below, null, false);
        // Once a walk: a seal that is nowhere needs no walk.
        if (fromSequence <= 1 && knownSeal is not null && (await AuditRange.SealsAsync(connection, "seal = $1", knownSeal, cancellationToken)).Count == 0)
            return Verdict(0, 0, null, await MissingAsync(connection, cancellationToken), null, false);
        var previous = (await AuditRange.SealsAsync(
            connection, "from_sequence < $1 ORDER BY from_sequence DESC LIMIT 1", fromSequence, cancellationToken)).SingleOrDefault();
        var seals = await AuditRange.SealsAsync(
            connection, $"from_sequence >= $1 ORDER BY from_sequence LIMIT {MaxSeals + 1}", fromSequence, cancellationToken);
        var (matching, events, found) = (0L, 0L, false);
        foreach (var seal in seals)
        {
            if (matching == MaxSeals || events >= MaxEvents) return Verdict(matching, events, previous, null, seal.FromSequence, found);
            if (await MismatchAsync(connection, previous, seal, cancellationToken) is { } mismatch) return Verdict(matching, events, previous, mismatch, null, found);
            found |= knownSeal is not null && CryptographicOperations.FixedTimeEquals(knownSeal, seal.Seal);
            (matching, events, previous) = (matching + 1, events + seal.Count, seal);
        }

        var missing = fromSequence <= 1 && knownSeal is not null && !found ? await MissingAsync(connection, cancellationToken) : null;
        return Verdict(matching, events, previous, missing, null, found);

        AuditVerdict Verdict(long seals, long events, AuditSeal? last, AuditMismatch? mismatch, long? next, bool found) =>
            new(seals, events, last?.ToSequence, mismatch, next, unsealed, knownSeal is null ? null : found);
    }

    /// <summary>What stands before the first id: sealing begins at 1, so neither seals nor events can.</summary>
    private static async Task<AuditMismatch?> BelowFirstAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await AuditRange.SealsAsync(connection, "from_sequence < $1 ORDER BY from_sequence LIMIT 1", 1L, cancellationToken) is [var seal])
            return Of(seal, "A seal stands before the first range: it was moved there.");
        return await AuditRange.LowestAsync(connection, cancellationToken) is { } id and < 1 ? new AuditMismatch(id, 0, "An event stands before the first id.") : null;
    }

    private async Task<AuditMismatch?> MismatchAsync(NpgsqlConnection connection, AuditSeal? previous, AuditSeal seal, CancellationToken cancellationToken)
    {
        var expected = (previous?.ToSequence ?? 0) + 1;
        if (seal.FromSequence != expected)
            return new AuditMismatch(Math.Min(expected, seal.FromSequence), Math.Max(expected, seal.FromSequence) - 1, "The seal of this range is missing.");
        if (await keys.WhatIsWrongAsync(connection, previous, seal, cancellationToken) is { } wrong) return Of(seal, wrong);
        var (count, hash) = await AuditRange.HashAsync(connection, seal.FromSequence, seal.ToSequence, cancellationToken);
        if (count != seal.Count) return Of(seal, $"{seal.Count} events were sealed, and {count} are there.");
        return hash.AsSpan().SequenceEqual(seal.EventsHash) ? null : Of(seal, "An event was changed after it was sealed.");
    }

    /// <summary>What to say when the known seal was not found in the chain.</summary>
    private static async Task<AuditMismatch> MissingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var last = (await AuditRange.SealsAsync(connection, "$1 ORDER BY from_sequence DESC LIMIT 1", true, cancellationToken)).SingleOrDefault();
        return new AuditMismatch((last?.ToSequence ?? 0) + 1, long.MaxValue, "The known seal is not in the chain: it was cut off or replaced.");
    }

    private static AuditMismatch Of(AuditSeal seal, string reason) => new(seal.FromSequence, seal.ToSequence, reason);
}
