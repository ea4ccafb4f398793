namespace Certctl.Core.Domain.Acme;

/// <summary>A MAC key that an operator gives to whoever may open an account (RFC 8555 7.3.4).</summary>
public sealed class AcmeEabKey
{
    /// <summary>The key identifier that the client sends as kid.</summary>
    public required string KeyId { get; init; }
    public required string ProfileId { get; init; }
    public required string Name { get; init; }

    /// <summary>Sealed by AES-256-GCM under the key-encryption key of this id, with <see cref="KeyId"/> as associated data.</summary>
    public required byte[] EncryptedKey { get; init; }
    public required string KeyEncryptionKeyId { get; init; }

    /// <summary>Domains under which its accounts may order; empty leaves it to the profile.</summary>
    public string[] AllowedDomains { get; init; } = [];

    /// <summary>Whether more than one account may be opened with it.</summary>
    public bool Reusable { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? LastUsedAt { get; set; }

    /// <summary>Set once deleted: it opens no account any more, and those that it opened keep its limits.</summary>
    public DateTimeOffset? RevokedAt { get; set; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>PostgreSQL's xmin: the ETag.</summary>
    public uint RowVersion { get; init; }
}
