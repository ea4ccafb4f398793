using System.Data.Common;
using System.Text.Json;
using Certctl.Core.Hosting;
using Certctl.Core.Hosting.Settings;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Certctl.Api.Problems;

/// <summary>Turns whatever goes wrong below /api into a problem: exceptions, and the bare statuses of routing.</summary>
internal sealed class ProblemMiddleware(ServerSettings server, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
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
        BadHttpRequestException { StatusCode: 413 } => Problem.BodyTooLarge(server.MaxBodySize),
        BadHttpRequestException { StatusCode: 415 } => Problem.UnsupportedMediaType(),
        BadHttpRequestException { InnerException: JsonException json } => JsonProblem.Of(json),
        BadHttpRequestException e => Problem.BadRequest(e.Message),
        JsonException json => JsonProblem.Of(json),
        DbUpdateConcurrencyException => Problem.PreconditionFailed(),
        DbUpdateException { InnerException: PostgresException e } => Of(e),
        PostgresException e => Of(e),
        BrokerUnavailableException => Problem.Unavailable("RabbitMQ does not answer."),
        _ when IsDatabaseAway(exception) => Problem.Unavailable("PostgreSQL does not answer."),
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

    /// <summary>EF Core wraps what the driver throws, sometimes twice; a pool that is exhausted counts too.</summary>
    private static bool IsDatabaseAway(Exception? e) => e switch
    {
        null => false,
        NpgsqlException or TimeoutException => true,
        DbException => true,
        _ => IsDatabaseAway(e.InnerException),
    };

    private static ProblemResult? OfBareStatus(HttpContext context) => context.Response.StatusCode switch
    {
        _ when context.Response.ContentType is not null => null,
        404 => Problem.NoSuchPath(),
        405 => Problem.MethodNotAllowed(),
        415 => Problem.UnsupportedMediaType(),
        _ => null,
    };
}
