using System.ComponentModel;
using Certctl.Api.Access;
using Certctl.Api.Paging;
using Certctl.Api.Problems;
using Certctl.Core.Domain.Renewals;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Renewals;

/// <summary>Which renewals a list shows.</summary>
public sealed record RenewalQuery : SortedPageQuery
{
    [FromQuery(Name = "status"), Description("pending, awaiting_csr, awaiting_approval, running, completed, failed or cancelled.")]
    public string? Status { get; init; }

    [FromQuery(Name = "certificate_id")]
    public string? CertificateId { get; init; }

    [FromQuery(Name = "bulk_renewal_id")]
    public string? BulkRenewalId { get; init; }

    internal IQueryable<Renewal> Filter(IQueryable<Renewal> renewals)
    {
        if (QueryValues.OneOf<RenewalStatus>("status", Status, SnakeCase.ToText) is { } status) renewals = renewals.Where(r => r.Status == status);
        if (CertificateId is not null) renewals = renewals.Where(r => r.CertificateId == CertificateId);
        if (BulkRenewalId is not null) renewals = renewals.Where(r => r.BulkRenewalId == BulkRenewalId);
        return renewals;
    }
}

internal static class RenewalEndpoints
{
    // Ids sort by creation, and their index is there anyway.
    internal static readonly Sorting<Renewal> Sorts = new Sorting<Renewal>(r => r.Id, "-created_at")
        .By("created_at", r => r.Id).By("completed_at", r => r.CompletedAt).By("next_attempt_at", r => r.NextAttemptAt);

    public static void MapRenewals(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/renewals").WithTags("Renewals");
        group.MapGet("/", ListAsync).RequireAuthorization(Policies.Viewer).WithSummary("List renewals, newest first");
        group.MapGet("/{id}", GetAsync).RequireAuthorization(Policies.Viewer).WithSummary("Read a renewal");
        group.MapPost("/{id}/retry", RetryAsync).RequireAuthorization(Policies.Operator).WithSummary("Try a failed renewal again");
        group.MapPost("/{id}/approve", ApproveAsync).RequireAuthorization(Policies.Operator)
            .WithSummary("Approve a renewal that somebody else asked for");
        group.MapPost("/{id}/reject", RejectAsync).RequireAuthorization(Policies.Operator)
            .WithSummary("Reject a renewal that somebody else asked for");
    }

    private static async Task<Ok<Page<RenewalView>>> ListAsync(
        [AsParameters] RenewalQuery query, CertctlDbContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Sorts.PageAsync(query.Filter(context.Renewals), query, RenewalView.Of, cancellationToken));

    private static async Task<Results<Ok<RenewalView>, ProblemResult>> GetAsync(string id, CertctlDbContext context, CancellationToken cancellationToken)
    {
        var renewal = await context.Renewals.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancellationToken);
        return renewal is null ? Problem.NotFound("renewal", id) : TypedResults.Ok(RenewalView.Of(renewal));
    }

    private static async Task<Results<Accepted<RenewalView>, ProblemResult>> RetryAsync(
        string id, RenewalDecisions decisions, CancellationToken cancellationToken) =>
        Answer(await decisions.RetryAsync(id, cancellationToken));

    private static async Task<Results<Accepted<RenewalView>, ProblemResult>> ApproveAsync(
        string id, RenewalDecisions decisions, CancellationToken cancellationToken) =>
        Answer(await decisions.ApproveAsync(id, cancellationToken));

    private static async Task<Results<Ok<RenewalView>, ProblemResult>> RejectAsync(
        string id, RenewalDecisions decisions, CancellationToken cancellationToken)
    {
        var (renewal, problem) = await decisions.RejectAsync(id, cancellationToken);
        return renewal is null ? problem! : TypedResults.Ok(RenewalView.Of(renewal));
    }

    private static Results<Accepted<RenewalView>, ProblemResult> Answer((Renewal? Renewal, ProblemResult? Problem) outcome) =>
        outcome.Renewal is { } renewal ? TypedResults.Accepted($"/api/v1/renewals/{renewal.Id}", RenewalView.Of(renewal)) : outcome.Problem!;
}
