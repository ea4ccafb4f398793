using Certctl.Api.Access;
using Certctl.Api.Json;
using Certctl.Api.Paging;
using Certctl.Api.Problems;
using Certctl.Api.Writes;
using Certctl.Core.Domain;
using Certctl.Core.Domain.Organization;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Organization;

/// <summary>An owner as the API shows it.</summary>
public sealed record OwnerView(string Id, string Name, string Email, string? TeamId, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static OwnerView Of(Owner o) => new(o.Id, o.Name, o.Email, o.TeamId, o.CreatedAt, o.UpdatedAt);
}

/// <summary>A new owner; the team is optional.</summary>
public sealed record CreateOwner(string? Name, string? Email, string? TeamId);

/// <summary>What changes of an owner.</summary>
public sealed record ChangeOwner
{
    public Given<string> Name { get; init; }
    public Given<string> Email { get; init; }
    public Given<string> TeamId { get; init; }
}

internal static class OwnerEndpoints
{
    private static readonly Sorting<Owner> Sorts = new Sorting<Owner>(o => o.Id, "name").By("name", o => o.Name).By("created_at", o => o.CreatedAt);

    public static void MapOwners(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/owners").WithTags("Owners and teams");
        group.MapPost("/", CreateAsync).RequireAuthorization(Policies.Admin).WithSummary("Create an owner");
        group.MapGet("/", ListAsync).RequireAuthorization(Policies.Viewer).WithSummary("List owners");
        group.MapGet("/{id}", GetAsync).RequireAuthorization(Policies.Viewer).WithSummary("Read an owner");
        group.MapPatch("/{id}", ChangeAsync).RequireAuthorization(Policies.Admin).WithSummary("Change an owner");
        group.MapDelete("/{id}", DeleteAsync).RequireAuthorization(Policies.Admin).WithSummary("Delete an owner that nothing refers to");
    }

    private static async Task<Results<Created<OwnerView>, ProblemResult>> CreateAsync(
        CreateOwner request, CertctlDbContext context, AuditTrail audit, HttpContext http, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var owner = new Owner
        {
            Id = Identifiers.New("o", time),
            Name = request.Name ?? "",
            Email = request.Email ?? "",
            TeamId = request.TeamId,
            CreatedAt = now,
            UpdatedAt = now,
        };
        if (await CheckAsync(owner, context, cancellationToken) is { } problem) return problem;
        context.Owners.Add(owner);
        audit.Record("owner_created", "owner", owner.Id, new { owner.Name });
        await context.SaveChangesAsync(cancellationToken);
        http.SetETag(owner.RowVersion);
        return TypedResults.Created($"/api/v1/owners/{owner.Id}", OwnerView.Of(owner));
    }

    private static async Task<Ok<Page<OwnerView>>> ListAsync([AsParameters] SortedPageQuery query, CertctlDbContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Sorts.PageAsync(context.Owners, query, OwnerView.Of, cancellationToken));

    private static async Task<Results<Ok<OwnerView>, ProblemResult>> GetAsync(
        string id, CertctlDbContext context, HttpContext http, CancellationToken cancellationToken)
    {
        if (await context.Owners.AsNoTracking().SingleOrDefaultAsync(o => o.Id == id, cancellationToken) is not { } owner) return Problem.NotFound("owner", id);
        http.SetETag(owner.RowVersion);
        return TypedResults.Ok(OwnerView.Of(owner));
    }

    private static async Task<Results<Ok<OwnerView>, ProblemResult>> ChangeAsync(
        string id, ChangeOwner request, CertctlDbContext context, AuditTrail audit, HttpContext http, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await context.LockAsync<Owner>(id, cancellationToken) is not { } owner) return Problem.NotFound("owner", id);
        if (!http.IfMatchHolds(owner.RowVersion)) return Problem.PreconditionFailed();
        if (request.Name.IsGiven) owner.Name = request.Name.Value ?? "";
        if (request.Email.IsGiven) owner.Email = request.Email.Value ?? "";
        if (request.TeamId.IsGiven) owner.TeamId = request.TeamId.Value;
        owner.UpdatedAt = time.GetUtcNow();
        if (await CheckAsync(owner, context, cancellationToken) is { } problem) return problem;
        audit.Record("owner_updated", "owner", id, new { owner.Name });
        await context.SaveChangesAsync(cancellationToken);
        http.SetETag(owner.RowVersion);
        return TypedResults.Ok(OwnerView.Of(owner));
    }

    private static async Task<Results<NoContent, ProblemResult>> DeleteAsync(
        string id, CertctlDbContext context, AuditTrail audit, HttpContext http, CancellationToken cancellationToken)
    {
        if (await context.LockAsync<Owner>(id, cancellationToken) is not { } owner) return Problem.NotFound("owner", id);
        if (!http.IfMatchHolds(owner.RowVersion)) return Problem.PreconditionFailed();
        if (await context.Certificates.AnyAsync(c => c.OwnerId == id, cancellationToken)) return Problem.Conflict("Certificates belong to this owner.");
        if (await context.Profiles.AnyAsync(p => p.AcmeOwnerId == id, cancellationToken)) return Problem.Conflict("A profile gives its ACME certificates to this owner.");
        context.Owners.Remove(owner);
        audit.Record("owner_deleted", "owner", id, new { owner.Name });
        return TypedResults.NoContent();
    }

    private static async Task<ProblemResult?> CheckAsync(Owner owner, CertctlDbContext context, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        errors.Required("name", owner.Name, 255);
        errors.Required("email", owner.Email, 320);
        errors.Check(owner.Email.Length == 0 || owner.Email.IndexOf('@') is > 0 and var at && at < owner.Email.Length - 1, "email", "must be an e-mail address");
        await new References(context, errors).TeamAsync(owner.TeamId, cancellationToken);
        return errors.Problem;
    }
}
