namespace Certctl.Core.Domain.Acme;

/// <summary>An ACME account (RFC 8555 7.1.2): a key pair at one profile.</summary>
public sealed class AcmeAccount
{
    public required string AccountId { get; init; }
    public required string ProfileId { get; init; }

    /// <summary>base64url SHA-256 of the key (RFC 7638); one account a profile and key.</summary>
    public required string JwkThumbprint { get; set; }

    /// <summary>The public key as a JWK of its required members.</summary>
    public required string Jwk { get; set; }
    public string[] Contact { get; set; } = [];
    public AcmeAccountStatus Status { get; set; }
    public DateTimeOffset? TermsAgreedAt { get; set; }

    /// <summary>The external account that it is bound to; its allowed names hold for every order.</summary>
    public string? EabKeyId { get; init; }

    /// <summary>The binding as the client sent it: the account object shows it (RFC 8555 7.3.4).</summary>
    public string? ExternalAccountBinding { get; init; }

    /// <summary>An operator's limits for this account; null leaves the profile's.</summary>
    public AcmeLimits Limits { get; set; } = new();
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>PostgreSQL's xmin: the ETag.</summary>
    public uint RowVersion { get; init; }
}

/// <summary>RFC 8555 7.1.6: a client deactivates, an operator revokes; a deactivated one never comes back, a revoked one only by an operator.</summary>
public enum AcmeAccountStatus { Valid, Deactivated, Revoked }

/// <summary>Limits that differ from the configured ones. Null: as configured; 0: no limit.</summary>
public sealed record AcmeLimits
{
    /// <summary>New orders an hour of one account.</summary>
    public int? OrdersPerHour { get; init; }

    /// <summary>Orders of one account that are pending, ready or processing.</summary>
    public int? ConcurrentOrders { get; init; }

    /// <summary>Key changes an hour of one account.</summary>
    public int? KeyChangesPerHour { get; init; }

    /// <summary>Responses an hour to one challenge.</summary>
    public int? ChallengeRespondsPerHour { get; init; }
}
