using System.ComponentModel;
using Certctl.Api.Access;
using Certctl.Api.Json;
using Certctl.Api.Paging;
using Certctl.Api.Problems;
using Certctl.Api.Writes;
using Certctl.Core.Domain;
using Certctl.Core.Domain.Renewals;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.RenewalPolicies;

/// <summary>A renewal policy as the API shows it.</summary>
public sealed record RenewalPolicyView(
    string Id, string Name, int RenewalWindowDays, bool AutoRenew, int MaxRetries, int RetryIntervalSeconds, IReadOnlyList<int> AlertThresholdsDays,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static RenewalPolicyView Of(RenewalPolicy p) => new(
        p.Id, p.Name, p.RenewalWindowDays, p.AutoRenew, p.MaxRetries, p.RetryIntervalSeconds, p.AlertThresholdsDays, p.CreatedAt, p.UpdatedAt);
}

/// <summary>A new renewal policy, or what changes of one. What is left out gets its default, or stays.</summary>
public sealed record ChangeRenewalPolicy
{
    public string? Name { get; init; }

    [Description("Days before expiry at which the renewal scan takes a certificate: 1 to 365, 30 by default.")]
    public int? RenewalWindowDays { get; init; }
    public bool? AutoRenew { get; init; }

    [Description("Retries after the first attempt: 0 to 10, 3 by default.")]
    public int? MaxRetries { get; init; }

    [Description("Wait before the first retry: 60 to 86400 seconds, 3600 by default; it doubles with each further one.")]
    public int? RetryIntervalSeconds { get; init; }

    [Description("Days before expiry, each 0 to 365.")]
    public int[]? AlertThresholdsDays { get; init; }
}

internal static class RenewalPolicyEndpoints
{
    private static readonly Sorting<RenewalPolicy> Sorts =
        new Sorting<RenewalPolicy>(p => p.Id, "name").By("name", p => p.Name).By("created_at", p => p.CreatedAt);

    public static void MapRenewalPolicies(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/renewal-policies").WithTags("Renewal policies");
        group.MapPost("/", CreateAsync).RequireAuthorization(Policies.Admin).WithSummary("Create a renewal policy");
        group.MapGet("/", ListAsync).RequireAuthorization(Policies.Viewer).WithSummary("List renewal policies");
        group.MapGet("/{id}", GetAsync).RequireAuthorization(Policies.Viewer).WithSummary("Read a renewal policy");
        group.MapPatch("/{id}", ChangeAsync).RequireAuthorization(Policies.Admin).WithSummary("Change a renewal policy");
        group.MapDelete("/{id}", DeleteAsync).RequireAuthorization(Policies.Admin).WithSummary("Delete a renewal policy that nothing refers to");
    }

    private static async Task<Results<Created<RenewalPolicyView>, ProblemResult>> CreateAsync(
        ChangeRenewalPolicy request, CertctlDbContext context, AuditTrail audit, HttpContext http, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var policy = new RenewalPolicy { Id = Identifiers.New("rp", time), Name = "", CreatedAt = now, UpdatedAt = now };
        if (await ApplyAsync(request, policy, context, cancellationToken) is { } problem) return problem;
        context.RenewalPolicies.Add(policy);
        audit.Record("renewal_policy_created", "renewal_policy", policy.Id, RenewalPolicyView.Of(policy));
        await context.SaveChangesAsync(cancellationToken);
        http.SetETag(policy.RowVersion);
        return TypedResults.Created($"/api/v1/renewal-policies/{policy.Id}", RenewalPolicyView.Of(policy));
    }

    private static async Task<Ok<Page<RenewalPolicyView>>> ListAsync(
        [AsParameters] SortedPageQuery query, CertctlDbContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Sorts.PageAsync(context.RenewalPolicies, query, RenewalPolicyView.Of, cancellationToken));

    private static async Task<Results<Ok<RenewalPolicyView>, ProblemResult>> GetAsync(
        string id, CertctlDbContext context, HttpContext http, CancellationToken cancellationToken)
    {
        if (await context.RenewalPolicies.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, cancellationToken) is not { } policy)
            return Problem.NotFound("renewal policy", id);
        http.SetETag(policy.RowVersion);
        return TypedResults.Ok(RenewalPolicyView.Of(policy));
    }

    private static async Task<Results<Ok<RenewalPolicyView>, ProblemResult>> ChangeAsync(
        string id, ChangeRenewalPolicy request, CertctlDbContext context, AuditTrail audit, HttpContext http, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (await context.LockAsync<RenewalPolicy>(id, cancellationToken) is not { } policy) return Problem.NotFound("renewal policy", id);
        if (!http.IfMatchHolds(policy.RowVersion)) return Problem.PreconditionFailed();
        if (await ApplyAsync(request, policy, context, cancellationToken) is { } problem) return problem;
        policy.UpdatedAt = time.GetUtcNow();
        audit.Record("renewal_policy_updated", "renewal_policy", id, RenewalPolicyView.Of(policy));
        await context.SaveChangesAsync(cancellationToken);
        http.SetETag(policy.RowVersion);
        return TypedResults.Ok(RenewalPolicyView.Of(policy));
    }

    private static async Task<Results<NoContent, ProblemResult>> DeleteAsync(
        string id, CertctlDbContext context, AuditTrail audit, HttpContext http, CancellationToken cancellationToken)
    {
        if (await context.LockAsync<RenewalPolicy>(id, cancellationToken) is not { } policy) return Problem.NotFound("renewal policy", id);
        if (!http.IfMatchHolds(policy.RowVersion)) return Problem.PreconditionFailed();
        if (await context.Certificates.AnyAsync(c => c.RenewalPolicyId == id, cancellationToken)) return Problem.Conflict("Certificates follow this renewal policy.");
        if (await context.Profiles.AnyAsync(p => p.AcmeRenewalPolicyId == id, cancellationToken))
            return Problem.Conflict("A profile's ACME certificates follow this renewal policy.");
        context.RenewalPolicies.Remove(policy);
        audit.Record("renewal_policy_deleted", "renewal_policy", id, new { policy.Name });
        return TypedResults.NoContent();
    }

    private static async Task<ProblemResult?> ApplyAsync(
        ChangeRenewalPolicy request, RenewalPolicy policy, CertctlDbContext context, CancellationToken cancellationToken)
    {
        policy.Name = request.Name ?? policy.Name;
        policy.RenewalWindowDays = request.RenewalWindowDays ?? policy.RenewalWindowDays;
        policy.AutoRenew = request.AutoRenew ?? policy.AutoRenew;
        policy.MaxRetries = request.MaxRetries ?? policy.MaxRetries;
        policy.RetryIntervalSeconds = request.RetryIntervalSeconds ?? policy.RetryIntervalSeconds;
        policy.AlertThresholdsDays = request.AlertThresholdsDays ?? policy.AlertThresholdsDays;
        var errors = new FieldErrors();
        errors.Required("name", policy.Name, 255);
        errors.Range("renewal_window_days", policy.RenewalWindowDays, 1, 365);
        errors.Range("max_retries", policy.MaxRetries, 0, 10);
        errors.Range("retry_interval_seconds", policy.RetryIntervalSeconds, 60, 86_400);
        errors.Check(policy.AlertThresholdsDays.Length <= 20, "alert_thresholds_days", "must be at most 20");
        foreach (var days in policy.AlertThresholdsDays) errors.Range("alert_thresholds_days", days, 0, 365);
        if (errors.Problem is { } problem) return problem;
        return await context.RenewalPolicies.AnyAsync(p => p.Name == policy.Name && p.Id != policy.Id, cancellationToken)
            ? Problem.Conflict($"There is a renewal policy named '{policy.Name}' already.")
            : null;
    }
}
