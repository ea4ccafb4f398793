namespace Certctl.Core.Domain.Acme;

/// <summary>One way of proving an authorization (RFC 8555 7.1.5), and the state of its validation.</summary>
public sealed class AcmeChallenge
{
    public required string ChallengeId { get; init; }
    public required string AuthzId { get; init; }

    /// <summary>http-01, dns-01 or tls-alpn-01.</summary>
    public required string Type { get; init; }
    public AcmeChallengeStatus Status { get; set; }

    /// <summary>128 random bits, base64url.</summary>
    public required string Token { get; init; }

    /// <summary>The account's URL as its client wrote it when it asked for validation: what CAA's accounturi is compared with.</summary>
    public string? AccountUrl { get; set; }
    public DateTimeOffset? ValidatedAt { get; set; }

    /// <summary>A problem document: what the newest attempt failed with; from the second on, every attempt is a subproblem.</summary>
    public string? Error { get; set; }
    public int Attempts { get; set; }

    /// <summary>While processing: when the window for attempts closes, and when the sweep sends it to validation (again).</summary>
    public DateTimeOffset? WindowEndsAt { get; set; }
    public DateTimeOffset? NextAttemptAt { get; set; }

    /// <summary>While an attempt runs: until when nobody else makes one.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>RFC 8555 7.1.6.</summary>
public enum AcmeChallengeStatus { Pending, Processing, Valid, Invalid }
