namespace Certctl.Core.Domain.Acme;

/// <summary>An order (RFC 8555 7.1.3).</summary>
public sealed class AcmeOrder
{
    public required string OrderId { get; init; }
    public required string AccountId { get; init; }
    public required string ProfileId { get; init; }

    /// <summary>A JSON array of {type, value}, in the order given, without duplicates.</summary>
    public required string Identifiers { get; init; }

    /// <summary>One for each identifier, in their order.</summary>
    public string[] AuthorizationIds { get; init; } = [];
    public AcmeOrderStatus Status { get; set; }

    /// <summary>Pending, ready or processing. Kept by the database, as <see cref="IsInvalid"/> is.</summary>
    public bool IsOpen { get; private set; }
    public bool IsInvalid { get; private set; }
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The validity asked for, whole seconds; null leaves it to the profile.</summary>
    public DateTimeOffset? NotBefore { get; init; }
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>The variant of the profile that was chosen (draft-ietf-acme-profiles).</summary>
    public string? Variant { get; init; }

    /// <summary>ARI's identifier of the certificate that this one takes the place of (RFC 9773 5).</summary>
    public string? Replaces { get; init; }

    /// <summary>What its certificate is to be signed under, lower-case hex; written down with the order, before anything is signed.
    /// A later attempt has a serial of its own. Null for orders older than this column.</summary>
    public string? SerialNumber { get; init; }

    /// <summary>A problem document, once invalid.</summary>
    public string? Error { get; set; }

    /// <summary>Set by finalize: the renewal that issues, and the certificate that it renews.</summary>
    public string? RenewalId { get; set; }
    public string? CertificateId { get; set; }

    /// <summary>The version issued; its id names the certificate's URL.</summary>
    public string? VersionId { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>RFC 8555 7.1.6.</summary>
public enum AcmeOrderStatus { Pending, Ready, Processing, Valid, Invalid }
