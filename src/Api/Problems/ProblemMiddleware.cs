using System.Text.Json;
using Certctl.Core.Hosting;
using Certctl.Core.Hosting.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using Npgsql;

namespace Certctl.Api.Problems;

/// <summary>Turns whatever goes wrong below /api into a problem: exceptions, and the bare statuses of routing.</summary>
internal sealed class ProblemMiddleware(RequestLimitSettings limits, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            if (IsOtherCharset(context.Request.ContentType))
            {
                await Problem.UnsupportedMediaType().ExecuteAsync(context);
                return;
            }

            await next(context);
            if (!context.Response.HasStarted && OfBareStatus(context) is { } bare) await bare.ExecuteAsync(context);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            if (context.RequestAborted.IsCancellationRequested)
            {
                // Nobody is there to read an answer: nginx's "client closed request", for the log.
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
                return;
            }

            var problem = Of(e);
            if (problem.Status >= 500) logger.Log(problem.Status == 500 ? LogLevel.Error : LogLevel.Warning, e, "Request failed: {Reason}", e.Message);
            await problem.ExecuteAsync(context);
        }
    }

    internal ProblemResult Of(Exception exception) => exception switch
    {
        InvalidRequestException e => Problem.Validation(e.Field, e.Message),
        BadHttpRequestException { StatusCode: 413 } => Problem.BodyTooLarge(limits.MaxBodySize),
        BadHttpRequestException { StatusCode: 415 } => Problem.UnsupportedMediaType(),
        BadHttpRequestException { InnerException: JsonException json } => JsonProblem.Of(json),
        BadHttpRequestException => Problem.BadRequest("The body is missing or cannot be read; send a JSON object."),
        JsonException json => JsonProblem.Of(json),
        DbUpdateConcurrencyException => Problem.PreconditionFailed(),
        BrokerUnavailableException => Problem.Unavailable("RabbitMQ does not answer."),
        _ when DatabaseFailure.In(exception) is { } e => e is PostgresException refusal ? Of(refusal) : Problem.Unavailable("PostgreSQL does not answer."),
        _ => Problem.Internal(),
    };

    private static ProblemResult Of(PostgresException e) => e.SqlState switch
    {
        PostgresErrorCodes.UniqueViolation => Problem.Conflict("There is one already with the same unique value."),
        PostgresErrorCodes.ForeignKeyViolation => Problem.Conflict("It refers to, or is referred to by, something that another request has changed."),
        PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.LockNotAvailable
            or PostgresErrorCodes.QueryCanceled => Problem.Unavailable("PostgreSQL is busy with the same rows."),
        // Class 22, data exception: a text or number that no column takes.
        { } state when state.StartsWith("22", StringComparison.Ordinal) => Problem.BadRequest("A value in the request cannot be stored."),
        // Classes 08, 53, 57: connection, resources, shutdown.
        { } state when state[..2] is "08" or "53" or "57" => Problem.Unavailable("PostgreSQL does not answer."),
        _ => Problem.Internal(),
    };

    /// <summary>JSON is UTF-8 (RFC 8259 8.1); a charset that says otherwise is not guessed at.</summary>
    private static bool IsOtherCharset(string? contentType) =>
        contentType?.Contains("charset", StringComparison.OrdinalIgnoreCase) == true
        && !(MediaTypeHeaderValue.TryParse(contentType, out var type) && type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private ProblemResult? OfBareStatus(HttpContext context) => context.Response.StatusCode switch
    {
        _ when context.Response.ContentType is not null => null,
        404 => Problem.NoSuchPath(),
        405 => Problem.MethodNotAllowed(),
        // Binding swallows Kestrel's exception for it.
        413 => Problem.BodyTooLarge(limits.MaxBodySize),
        415 => Problem.UnsupportedMediaType(),
        _ => null,
    };
}
