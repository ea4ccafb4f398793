using Certctl.Api.Access;
using Certctl.Api.Paging;
using Certctl.Api.Problems;
using Certctl.Api.Writes;
using Certctl.Core.Domain.DeadLetters;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.DeadLetters;

/// <summary>What could not be processed, why, and what an administrator does with it. The workers move the messages.</summary>
internal static class DeadLetterEndpoints
{
    // Ids sort by creation: the newest come first.
    private static readonly Sorting<DeadLetter> Newest = new Sorting<DeadLetter>(d => d.Id, "-id").By("id", d => d.Id);

    public static void MapDeadLetters(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/dead-letters").WithTags("Dead letters").RequireAuthorization(Policies.Admin);
        group.MapGet("/", ListAsync).WithSummary("List messages that could not be processed, newest first");
        group.MapGet("/{id}", GetAsync).WithSummary("Read one with its headers, body and stack trace");
        group.MapPost("/{id}/requeue", RequeueAsync).WithSummary("Put it back into its queue");
        group.MapDelete("/{id}", DropAsync).WithSummary("Drop it for good");
    }

    private static async Task<Ok<Page<DeadLetterView>>> ListAsync([AsParameters] DeadLetterQuery query, CertctlDbContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Newest.PageAsync(query.Filter(WithoutContent(context.DeadLetters)), query, DeadLetterView.Of, cancellationToken));

    private static async Task<Results<Ok<DeadLetterDetail>, ProblemResult>> GetAsync(
        string id, CertctlDbContext context, HttpContext http, CancellationToken cancellationToken)
    {
        if (await context.DeadLetters.AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, cancellationToken) is not { } letter)
            return Problem.NotFound("dead letter", id);
        http.SetETag(letter.RowVersion);
        return TypedResults.Ok(DeadLetterDetail.Of(letter));
    }

    private static async Task<Results<Accepted<DeadLetterView>, ProblemResult>> RequeueAsync(
        string id, CertctlDbContext context, AuditTrail audit, HttpContext http, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await context.LockAsync<DeadLetter>(id, cancellationToken) is not { } letter) return Problem.NotFound("dead letter", id);
        if (letter.RequeuedAt is not null) return Problem.Conflict("It was put back already; if it failed again, it is listed anew.");
        if (!letter.IsWhole) return Problem.Conflict($"Its body of {letter.BodySize} bytes is too large to have been kept whole.");
        if (letter.RequeueRequestedAt is null)
        {
            letter.RequeueRequestedAt = time.GetUtcNow();
            letter.RequeueRequestedBy = http.Caller().Actor;
            letter.RequeueError = null;
            audit.Record("dead_letter_requeued", "dead_letter", id, new { letter.Queue, letter.MessageId, letter.MessageType, letter.Reason });
        }

        return TypedResults.Accepted($"/api/v1/dead-letters/{id}", DeadLetterView.Of(letter));
    }

    private static async Task<Results<NoContent, ProblemResult>> DropAsync(
        string id, CertctlDbContext context, AuditTrail audit, HttpContext http, CancellationToken cancellationToken)
    {
        if (await context.LockAsync<DeadLetter>(id, cancellationToken) is not { } letter) return Problem.NotFound("dead letter", id);
        if (!http.IfMatchHolds(letter.RowVersion)) return Problem.PreconditionFailed();
        context.DeadLetters.Remove(letter);
        audit.Record("dead_letter_dropped", "dead_letter", id, new { letter.Queue, letter.MessageId, letter.MessageType, letter.Reason });
        return TypedResults.NoContent();
    }

    /// <summary>A page of 500 bodies would be half a gigabyte.</summary>
    private static IQueryable<DeadLetter> WithoutContent(IQueryable<DeadLetter> letters) => letters.Select(d => new DeadLetter
    {
        Id = d.Id,
        Fingerprint = Array.Empty<byte>(),
        Queue = d.Queue,
        FoundIn = d.FoundIn,
        Kind = d.Kind,
        MessageId = d.MessageId,
        MessageType = d.MessageType,
        Reason = d.Reason,
        ExceptionType = d.ExceptionType,
        Headers = "{}",
        Body = Array.Empty<byte>(),
        BodySize = d.BodySize,
        FailedAt = d.FailedAt,
        CreatedAt = d.CreatedAt,
        RequeueRequestedAt = d.RequeueRequestedAt,
        RequeueRequestedBy = d.RequeueRequestedBy,
        RequeuedAt = d.RequeuedAt,
        RequeueError = d.RequeueError,
        RequeueOf = d.RequeueOf,
    });
}
