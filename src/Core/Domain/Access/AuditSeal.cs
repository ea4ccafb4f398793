namespace Certctl.Core.Domain.Access;

/// <summary>Closes a range of audit events: whatever is changed, added or taken away in it afterwards no longer matches.
/// Append-only. Ranges follow one another without a gap, and each seal covers the one before.</summary>
public sealed class AuditSeal
{
    /// <summary>The lowest audit event id of the range; the first range begins at 1.</summary>
    public required long FromSequence { get; init; }

    /// <summary>The highest one. Ids that a rolled-back transaction drew belong to no event.</summary>
    public required long ToSequence { get; init; }

    /// <summary>Events in the range.</summary>
    public required long Count { get; init; }

    /// <summary>SHA-256 over the events in canonical form (docs/adr/0015): anybody can compute it.</summary>
    public required byte[] EventsHash { get; init; }

    /// <summary>HMAC-SHA256 over the previous seal, the range, the count and <see cref="EventsHash"/>.</summary>
    public required byte[] Seal { get; init; }

    /// <summary>Which key made it.</summary>
    public required string KeyId { get; init; }
    public required DateTimeOffset SealedAt { get; init; }
}

/// <summary>The key of seals: random, and itself sealed under the key-encryption key, so that a rotation of that leaves the seals
/// as they are.</summary>
public sealed class AuditSealKey
{
    public required string Id { get; init; }
    public required byte[] EncryptedKey { get; init; }
    public required string KeyEncryptionKeyId { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}
