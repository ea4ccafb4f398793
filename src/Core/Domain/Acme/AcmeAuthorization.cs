namespace Certctl.Core.Domain.Acme;

/// <summary>An account's authorization for one identifier (RFC 8555 7.1.4).</summary>
public sealed class AcmeAuthorization
{
    public required string AuthzId { get; init; }
    public required string AccountId { get; init; }
    public required string ProfileId { get; init; }

    /// <summary>The order that it was made for; null for a pre-authorization (RFC 8555 7.4.1). Later orders may use it too.</summary>
    public string? OrderId { get; init; }

    /// <summary>dns or ip.</summary>
    public required string IdentifierType { get; init; }

    /// <summary>Without <c>*.</c>.</summary>
    public required string IdentifierValue { get; init; }
    public bool Wildcard { get; init; }
    public AcmeAuthorizationStatus Status { get; set; }

    /// <summary>While pending, until when it may be proven; once valid, until when it stands.</summary>
    public DateTimeOffset ExpiresAt { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>RFC 8555 7.1.6.</summary>
public enum AcmeAuthorizationStatus { Pending, Valid, Invalid, Deactivated, Expired, Revoked }
