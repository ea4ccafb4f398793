namespace Certctl.Core.Domain.Access;

/// <summary>The answer to a POST that carried an Idempotency-Key, committed with the work itself and kept for 24 h.</summary>
public sealed class IdempotentRequest
{
    public required string Actor { get; init; }
    public required string Key { get; init; }

    /// <summary>SHA-256 over method, path and body: the same key with another request is refused.</summary>
    public required byte[] RequestHash { get; init; }
    public int StatusCode { get; init; }
    public string? Location { get; init; }
    public string? EntityTag { get; init; }

    /// <summary>Sealed, since an answer may carry a token that is shown once.</summary>
    public required byte[] EncryptedBody { get; init; }
    public required string KeyEncryptionKeyId { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}
