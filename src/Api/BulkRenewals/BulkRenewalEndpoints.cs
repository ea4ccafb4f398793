using System.ComponentModel;
using Certctl.Api.Access;
using Certctl.Api.Paging;
using Certctl.Api.Problems;
using Certctl.Api.Renewals;
using Certctl.Api.Writes;
using Certctl.Contracts;
using Certctl.Core.Domain;
using Certctl.Core.Domain.Renewals;
using Certctl.Core.Hosting;
using Certctl.Core.Persistence;
using Certctl.Core.Renewals;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.BulkRenewals;

internal static class BulkRenewalEndpoints
{
    private static readonly Sorting<BulkRenewal> Newest = new Sorting<BulkRenewal>(b => b.Id, "-created_at").By("created_at", b => b.CreatedAt);

    public static void MapBulkRenewals(this IEndpointRouteBuilder api)
    {
        api.MapPost("/certificates/bulk-renew", AcceptAsync).WithTags("Bulk renewals").RequireAuthorization(Policies.Operator)
            .WithSummary("Renew whatever the criteria match");
        var group = api.MapGroup("/bulk-renewals").WithTags("Bulk renewals");
        group.MapGet("/", ListAsync).RequireAuthorization(Policies.Viewer).WithSummary("List bulk renewals, newest first");
        group.MapGet("/{id}", GetAsync).RequireAuthorization(Policies.Viewer).WithSummary("Read a bulk renewal");
        group.MapGet("/{id}/renewals", RenewalsAsync).RequireAuthorization(Policies.Viewer).WithSummary("List its renewals");
        group.MapGet("/{id}/events", BulkProgress.StreamAsync).RequireAuthorization(Policies.Viewer)
            .WithSummary("Follow its progress as server-sent events");
        group.MapPost("/{id}/cancel", CancelAsync).RequireAuthorization(Policies.Operator).WithSummary("Cancel what has not started");
    }

    private static async Task<Results<Accepted<BulkAccepted>, Ok<BulkPreviewView>, Ok<AnnouncementView>, ProblemResult>> AcceptAsync(
        BulkRenew request,
        [FromQuery(Name = "dry_run"), Description("true: counts what would be taken and writes nothing.")] string? dryRun,
        [FromQuery(Name = "announce"), Description("true: asks the ACME clients of what matches to renew now, by renewal information; with the ACME server only. Nothing is enqueued.")] string? announce,
        CertctlDbContext context, BulkDryRun preview, ReplacementAnnouncement announcement, Outbox outbox, AuditTrail audit, HttpContext http, TimeProvider time, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var isAnnouncement = QueryValues.Flag("announce", announce);
        var isDryRun = QueryValues.Flag("dry_run", dryRun);
        if (isAnnouncement && announcement.Unavailable is { } reason) errors.Add("announce", reason);
        var criteria = request.Criteria;
        await BulkCriteria.CheckAsync(criteria, errors, context, cancellationToken);
        if (errors.Problem is { } problem) return problem;
        if (isAnnouncement) return TypedResults.Ok(await announcement.RunAsync(criteria, isDryRun, cancellationToken));
        if (isDryRun)
        {
            var counts = await preview.CountAsync(criteria, request.Force, cancellationToken);
            return TypedResults.Ok(new BulkPreviewView(counts.TotalMatched, counts.TotalEnqueued, counts.TotalSkipped, counts.Skipped));
        }

        var bulk = new BulkRenewal
        {
            Id = Identifiers.New("br", time),
            Criteria = criteria,
            Force = request.Force,
            RequestedBy = http.Caller().Actor,
            CreatedAt = time.GetUtcNow(),
        };
        context.BulkRenewals.Add(bulk);
        audit.Record("bulk_renewal_requested", "bulk_renewal", bulk.Id, new { criteria, bulk.Force });
        outbox.Send(Queues.StartBulkRenewal, new StartBulkRenewal(bulk.Id));
        var url = $"/api/v1/bulk-renewals/{bulk.Id}";
        return TypedResults.Accepted(url, new BulkAccepted(bulk.Id, bulk.Status, url));
    }

    private static async Task<Ok<Page<BulkView>>> ListAsync([AsParameters] PageQuery query, CertctlDbContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Newest.PageAsync(context.BulkRenewals, query, BulkView.Of, cancellationToken));

    private static async Task<Results<Ok<BulkView>, ProblemResult>> GetAsync(string id, CertctlDbContext context, CancellationToken cancellationToken)
    {
        var bulk = await context.BulkRenewals.AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancellationToken);
        return bulk is null ? Problem.NotFound("bulk renewal", id) : TypedResults.Ok(BulkView.Of(bulk));
    }

    private static async Task<Results<Ok<Page<RenewalView>>, ProblemResult>> RenewalsAsync(
        string id, [AsParameters] RenewalsOfBulkQuery query, CertctlDbContext context, CancellationToken cancellationToken)
    {
        if (!await context.BulkRenewals.AnyAsync(b => b.Id == id, cancellationToken)) return Problem.NotFound("bulk renewal", id);
        return TypedResults.Ok(await RenewalsOfBulkQuery.Order.PageAsync(
            query.Filter(context.Renewals.Where(r => r.BulkRenewalId == id)), query, RenewalView.Of, cancellationToken));
    }

    private static async Task<Results<Accepted<BulkView>, ProblemResult>> CancelAsync(
        string id, CertctlDbContext context, Outbox outbox, AuditTrail audit, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var asked = await context.BulkRenewals
            .Where(b => b.Id == id && b.CancelRequestedAt == null && (b.Status == BulkStatus.Queued || b.Status == BulkStatus.Running
                // Failed in the midst of its expansion: what it had enqueued runs on, and can be stopped.
                || (b.Status == BulkStatus.Failed && b.TotalEnqueued > b.TotalCompleted + b.TotalFailed + b.TotalCancelled)))
            .ExecuteUpdateAsync(s => s.SetProperty(b => b.CancelRequestedAt, now), cancellationToken);
        var bulk = await context.BulkRenewals.AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancellationToken);
        if (bulk is null) return Problem.NotFound("bulk renewal", id);
        if (asked == 0 && bulk.CancelRequestedAt is null) return Problem.Conflict($"This bulk renewal is {SnakeCase.ToText(bulk.Status)} already.");
        if (asked > 0) audit.Record("bulk_renewal_cancel_requested", "bulk_renewal", id);
        outbox.Send(Queues.CancelBulkRenewal, new CancelBulkRenewal(id));
        return TypedResults.Accepted($"/api/v1/bulk-renewals/{id}", BulkView.Of(bulk));
    }
}

/// <summary>Which renewals of a bulk are shown, in the order of their ids, which an index serves however large the bulk is.</summary>
public sealed record RenewalsOfBulkQuery : PageQuery
{
    internal static readonly Sorting<Renewal> Order = new Sorting<Renewal>(r => r.Id, "id").By("id", r => r.Id);

    [FromQuery(Name = "status"), Description("pending, awaiting_csr, awaiting_approval, running, completed, failed or cancelled.")]
    public string? Status { get; init; }

    internal IQueryable<Renewal> Filter(IQueryable<Renewal> renewals) =>
        QueryValues.OneOf<RenewalStatus>("status", Status, SnakeCase.ToText) is { } status ? renewals.Where(r => r.Status == status) : renewals;
}
