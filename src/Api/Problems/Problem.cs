namespace Certctl.Api.Problems;

/// <summary>Every refusal of the REST API, as RFC 9457 problem details: one factory each.</summary>
public static class Problem
{
    public static ProblemResult Validation(IReadOnlyDictionary<string, string[]> errors) =>
        new(400, "validation", "The request is not valid", "One or more fields are not what they must be; errors names them.", errors);

    public static ProblemResult Validation(string field, string error) =>
        Validation(new Dictionary<string, string[]> { [field] = [error] });

    public static ProblemResult BadRequest(string detail) => new(400, "bad-request", "The request cannot be read", detail);

    public static ProblemResult Unauthorized(bool presented) => new(401, "unauthorized", "A valid token is needed",
        presented ? "The bearer token is unknown, expired or revoked." : "Send the header Authorization: Bearer <token>.");

    public static ProblemResult Forbidden(string detail) => new(403, "forbidden", "Not allowed", detail);

    /// <param name="kind">What was looked for, in words: "certificate".</param>
    public static ProblemResult NotFound(string kind, string id) => new(404, "not-found", "Not found", $"There is no {kind} '{id}'.");

    public static ProblemResult NoSuchPath() => new(404, "not-found", "Not found", "There is nothing at this path.");

    public static ProblemResult MethodNotAllowed() => new(405, "method-not-allowed", "Method not allowed", "Allow names the methods of this path.");

    public static ProblemResult Conflict(string detail) => new(409, "conflict", "In conflict with what is there", detail);

    public static ProblemResult Gone(string detail) => new(410, "gone", "Gone", detail);

    public static ProblemResult PreconditionFailed() =>
        new(412, "precondition-failed", "It has changed meanwhile", "If-Match does not name the present state; read it again.");

    public static ProblemResult BodyTooLarge(long limit) => new(413, "body-too-large", "The body is too large",
        $"A request body may have at most {limit} bytes (CERTCTL_MAX_BODY_SIZE).");

    public static ProblemResult UnsupportedMediaType(string expected = "application/json") =>
        new(415, "unsupported-media-type", "Content type not supported", $"Send the body as {expected}, in UTF-8.");

    public static ProblemResult IdempotencyKeyReused() => new(422, "idempotency-key-reused", "Idempotency-Key was used for another request",
        "Within 24 hours the same key may only repeat the same request.");

    public static ProblemResult TooManyRequests(TimeSpan retryAfter) =>
        new(429, "too-many-requests", "Too many requests", "Slow down; Retry-After says for how long.") { RetryAfter = retryAfter };

    public static ProblemResult Unavailable(string detail) =>
        new(503, "unavailable", "Unavailable for the moment", detail) { RetryAfter = TimeSpan.FromSeconds(5) };

    public static ProblemResult Internal() => new(500, "internal", "Something went wrong here", "The log has the cause under this trace_id.");
}
