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
public sealed record AuditVerdict(
    long Seals, long Events, long? ToSequence, AuditMismatch? FirstMismatch, long? NextFromSequence, long UnsealedEvents);

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
    /// <param name="knownSeal">A seal that was exported before: it must be in the chain still.</param>
    public async Task<AuditVerdict> RunAsync(long fromSequence, byte[]? knownSeal, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var unsealed = await AuditRange.CountUnsealedAsync(connection, cancellationToken);
        if (knownSeal is not null && (await AuditRange.SealsAsync(connection, "seal = $1", knownSeal, cancellationToken)).Count == 0)
            return new AuditVerdict(0, 0, null, await TailAsync(connection, cancellationToken), null, unsealed);
        var previous = (await AuditRange.SealsAsync(
            connection, "from_sequence < $1 ORDER BY from_sequence DESC LIMIT 1", fromSequence, cancellationToken)).SingleOrDefault();
        var seals = await AuditRange.SealsAsync(
            connection, $"from_sequence >= $1 ORDER BY from_sequence LIMIT {MaxSeals + 1}", fromSequence, cancellationToken);
        var (matching, events) = (0L, 0L);
        foreach (var seal in seals)
        {
            if (matching == MaxSeals || events >= MaxEvents)
                return new AuditVerdict(matching, events, previous?.ToSequence, null, seal.FromSequence, unsealed);
            if (await MismatchAsync(connection, previous, seal, cancellationToken) is { } mismatch)
                return new AuditVerdict(matching, events, previous?.ToSequence, mismatch, null, unsealed);
            (matching, events, previous) = (matching + 1, events + seal.Count, seal);
        }

        return new AuditVerdict(matching, events, previous?.ToSequence, null, null, unsealed);
    }

    private async Task<AuditMismatch?> MismatchAsync(NpgsqlConnection connection, AuditSeal? previous, AuditSeal seal, CancellationToken cancellationToken)
    {
        var expected = (previous?.ToSequence ?? 0) + 1;
        if (seal.FromSequence != expected)
            return new AuditMismatch(Math.Min(expected, seal.FromSequence), Math.Max(expected, seal.FromSequence) - 1, "The seal of this range is missing.");
        byte[]? key;
        try
        {
            key = await keys.FindAsync(connection, seal.KeyId, cancellationToken);
        }
        catch (SecretBoxException e)
        {
            return Of(seal, $"The key of its seal cannot be opened: {e.Message}");
        }

        if (key is null) return Of(seal, "The key of its seal is missing.");
        var mac = AuditHashing.Seal(key, previous?.Seal, seal.FromSequence, seal.ToSequence, seal.Count, seal.EventsHash, seal.SealedAt);
        if (!CryptographicOperations.FixedTimeEquals(mac, seal.Seal)) return Of(seal, "The seal is not the one that was made, or the one before it was replaced.");
        var (count, hash) = await AuditRange.HashAsync(connection, seal.FromSequence, seal.ToSequence, cancellationToken);
        if (count != seal.Count) return Of(seal, $"{seal.Count} events were sealed, and {count} are there.");
        return hash.AsSpan().SequenceEqual(seal.EventsHash) ? null : Of(seal, "An event was changed after it was sealed.");
    }

    private static async Task<AuditMismatch> TailAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var last = (await AuditRange.SealsAsync(connection, "$1 ORDER BY from_sequence DESC LIMIT 1", true, cancellationToken)).SingleOrDefault();
        return new AuditMismatch((last?.ToSequence ?? 0) + 1, long.MaxValue, "The known seal is not in the chain: it was cut off or replaced.");
    }

    private static AuditMismatch Of(AuditSeal seal, string reason) => new(seal.FromSequence, seal.ToSequence, reason);
}
