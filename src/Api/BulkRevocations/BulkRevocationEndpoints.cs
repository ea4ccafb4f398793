using Certctl.Api.Access;
using Certctl.Api.BulkRenewals;
using Certctl.Api.Certificates;
using Certctl.Api.Paging;
using Certctl.Api.Problems;
using Certctl.Api.Writes;
using Certctl.Contracts;
using Certctl.Core.Domain;
using Certctl.Core.Domain.Renewals;
using Certctl.Core.Hosting;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.BulkRevocations;

internal static class BulkRevocationEndpoints
{
    private static readonly Sorting<BulkRevocation> Newest = new Sorting<BulkRevocation>(b => b.Id, "-created_at").By("created_at", b => b.CreatedAt);

    public static void MapBulkRevocations(this IEndpointRouteBuilder api)
    {
        api.MapPost("/certificates/bulk-revoke", AcceptAsync).WithTags("Bulk revocations").RequireAuthorization(Policies.Admin)
            .WithSummary("Revoke whatever the criteria match");
        var group = api.MapGroup("/bulk-revocations").WithTags("Bulk revocations");
        group.MapGet("/", ListAsync).RequireAuthorization(Policies.Viewer).WithSummary("List bulk revocations, newest first");
        group.MapGet("/{id}", GetAsync).RequireAuthorization(Policies.Viewer).WithSummary("Read a bulk revocation");
    }

    private static async Task<Results<Accepted<BulkAccepted>, ProblemResult>> AcceptAsync(
        BulkRevoke request, CertctlDbContext context, Outbox outbox, AuditTrail audit, HttpContext http, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (Revocation.ReasonError(request.Reason) is { } error) errors.Add("reason", error);
        var criteria = request.Criteria;
        await BulkCriteria.CheckAsync(criteria, errors, context, cancellationToken);
        if (errors.Problem is { } problem) return problem;
        var bulk = new BulkRevocation
        {
            Id = Identifiers.New("bv", time),
            Criteria = criteria,
            Reason = request.Reason!,
            RequestedBy = http.Caller().Actor,
            CreatedAt = time.GetUtcNow(),
        };
        context.BulkRevocations.Add(bulk);
        audit.Record("bulk_revocation_requested", "bulk_revocation", bulk.Id, new { criteria, bulk.Reason });
        outbox.Send(Queues.StartBulkRevocation, new StartBulkRevocation(bulk.Id));
        var url = $"/api/v1/bulk-revocations/{bulk.Id}";
        return TypedResults.Accepted(url, new BulkAccepted(bulk.Id, bulk.Status, url));
    }

    private static async Task<Ok<Page<BulkView>>> ListAsync([AsParameters] PageQuery query, CertctlDbContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Newest.PageAsync(context.BulkRevocations, query, BulkView.Of, cancellationToken));

    private static async Task<Results<Ok<BulkView>, ProblemResult>> GetAsync(string id, CertctlDbContext context, CancellationToken cancellationToken)
    {
        var bulk = await context.BulkRevocations.AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancellationToken);
        return bulk is null ? Problem.NotFound("bulk revocation", id) : TypedResults.Ok(BulkView.Of(bulk));
    }
}
