using Certctl.AcmeService.Protocol;

namespace Certctl.AcmeService.Validation;

/// <summary>One attempt at one challenge, with all that the attempt needs.</summary>
/// <param name="ChallengeType">http-01, dns-01 or tls-alpn-01.</param>
/// <param name="Identifier">As in the authorization: without <c>*.</c>.</param>
/// <param name="Wildcard">Whether the authorization is for <c>*.</c> below the identifier; CAA issuewild applies.</param>
/// <param name="KeyAuthorization">Token, full stop, thumbprint of the account's key (RFC 8555 8.1).</param>
/// <param name="AccountUrl">For CAA's accounturi (RFC 8657 3).</param>
/// <param name="AllowPrivateAddresses">Whether the profile lets validation dial private ranges.</param>
public sealed record ValidationRequest(
    string ChallengeType, Identifier Identifier, bool Wildcard, string Token, string KeyAuthorization, string AccountUrl, bool AllowPrivateAddresses);

/// <summary>What CAA is asked about (RFC 8659, RFC 8657).</summary>
/// <param name="Identifier">As in the authorization: without <c>*.</c>.</param>
/// <param name="Wildcard">issuewild applies.</param>
public sealed record CaaRequest(string ChallengeType, Identifier Identifier, bool Wildcard, string AccountUrl);

/// <summary>What came of an attempt.</summary>
/// <param name="Problem">Null when the identifier is proven.</param>
/// <param name="IsTransient">A time-out, a refused connection or SERVFAIL: worth another attempt within the window. Anything
/// else, a wrong answer above all, is final at once.</param>
public sealed record ValidationResult(AcmeProblem? Problem, bool IsTransient)
{
    public static readonly ValidationResult Valid = new(null, false);

    /// <summary>The challenge has failed.</summary>
    public static ValidationResult Final(AcmeProblem problem) => new(problem, false);

    /// <summary>Another attempt may do better.</summary>
    public static ValidationResult Transient(AcmeProblem problem) => new(problem, true);
}

/// <summary>Looks at the world outside; tests may replace it.</summary>
public interface IChallengeValidator
{
    /// <summary>Makes one attempt, CAA included. Never throws but for cancellation; bounded in time and size.</summary>
    Task<ValidationResult> ValidateAsync(ValidationRequest request, CancellationToken cancellationToken);

    /// <summary>Looks at CAA alone, for a name that was proven before. Never throws but for cancellation; bounded in time and size.</summary>
    Task<ValidationResult> CheckCaaAsync(CaaRequest request, CancellationToken cancellationToken);
}
