namespace Certctl.AcmeService.Protocol;

/// <summary>Every refusal of the ACME server: one factory each, named by its token in RFC 8555 6.7, RFC 9773 7.4 or
/// draft-ietf-acme-profiles.</summary>
public static class Problems
{
    public static AcmeProblem AccountDoesNotExist(string detail) => new("accountDoesNotExist", 400, detail);

    public static AcmeProblem AlreadyReplaced(string detail) => new("alreadyReplaced", 409, detail);

    public static AcmeProblem AlreadyRevoked() => new("alreadyRevoked", 400, "The certificate is revoked already.");

    public static AcmeProblem BadCsr(string detail) => new("badCSR", 400, detail);

    /// <summary>acme.sh knows a bad nonce by this text alone.</summary>
    public static AcmeProblem BadNonce() => new("badNonce", 400, "JWS has an invalid anti-replay nonce");

    public static AcmeProblem BadPublicKey(string detail) => new("badPublicKey", 400, detail);

    public static AcmeProblem BadRevocationReason(string detail) => new("badRevocationReason", 400, detail);

    public static AcmeProblem BadSignatureAlgorithm(string detail, IReadOnlyList<string> accepted) =>
        new("badSignatureAlgorithm", 400, detail) { Algorithms = accepted };

    public static AcmeProblem Caa(string detail) => new("caa", 403, detail);

    /// <summary>Several identifiers failed for different reasons; the subproblems have them.</summary>
    public static AcmeProblem Compound(string detail, IReadOnlyList<Subproblem> subproblems) =>
        new("compound", 400, detail) { Subproblems = subproblems };

    public static AcmeProblem Connection(string detail) => new("connection", 400, detail);

    public static AcmeProblem Dns(string detail) => new("dns", 400, detail);

    public static AcmeProblem ExternalAccountRequired(string detail) => new("externalAccountRequired", 403, detail);

    public static AcmeProblem IncorrectResponse(string detail) => new("incorrectResponse", 403, detail);

    public static AcmeProblem InvalidContact(string detail) => new("invalidContact", 400, detail);

    /// <summary>draft-ietf-acme-profiles 3.</summary>
    public static AcmeProblem InvalidProfile(string detail) => new("invalidProfile", 400, detail);

    public static AcmeProblem Malformed(string detail, int status = 400) => new("malformed", status, detail);

    /// <summary>RFC 8555 6.3: a resource of the server that is not there, or not this account's, looks the same.</summary>
    public static AcmeProblem NotFound(string what) => new("malformed", 404, $"There is no such {what}.");

    public static AcmeProblem OrderNotReady(string detail) => new("orderNotReady", 403, detail);

    public static AcmeProblem RateLimited(string detail, TimeSpan retryAfter, string? help) =>
        new("rateLimited", 429, detail) { RetryAfter = retryAfter, HelpUrl = help };

    public static AcmeProblem RejectedIdentifier(string detail, IReadOnlyList<Subproblem> subproblems) =>
        new("rejectedIdentifier", 400, detail) { Subproblems = subproblems };

    public static AcmeProblem ServerInternal(string detail = "Something went wrong here; the log has the cause.") =>
        new("serverInternal", 500, detail);

    /// <summary>The database or what else an answer needs is away for the moment.</summary>
    public static AcmeProblem Unavailable(string detail) =>
        new("serverInternal", 503, detail) { RetryAfter = TimeSpan.FromSeconds(5) };

    public static AcmeProblem Tls(string detail) => new("tls", 400, detail);

    public static AcmeProblem Unauthorized(string detail, int status = 401) => new("unauthorized", status, detail);

    public static AcmeProblem UnsupportedContact(string detail) => new("unsupportedContact", 400, detail);

    public static AcmeProblem UnsupportedIdentifier(string detail, IReadOnlyList<Subproblem> subproblems) =>
        new("unsupportedIdentifier", 400, detail) { Subproblems = subproblems };

    public static AcmeProblem UserActionRequired(string detail, string? instance, int status = 403) =>
        new("userActionRequired", status, detail) { HelpUrl = instance };
}
