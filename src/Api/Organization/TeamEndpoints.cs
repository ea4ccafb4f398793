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

/// <summary>A team as the API shows it.</summary>
public sealed record TeamView(string Id, string Name, string? Description, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static TeamView Of(Team t) => new(t.Id, t.Name, t.Description, t.CreatedAt, t.UpdatedAt);
}

/// <summary>A new team.</summary>
public sealed record CreateTeam(string? Name, string? Description);

/// <summary>What changes of a team.</summary>
public sealed record ChangeTeam
{
    public Given<string> Name { get; init; }
    public Given<string> Description { get; init; }
}

internal static class TeamEndpoints
{
    private static readonly Sorting<Team> Sorts = new Sorting<Team>(t => t.Id, "name").By("name", t => t.Name).By("created_at", t => t.CreatedAt);

    public static void MapTeams(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/teams").WithTags("Owners and teams");
        group.MapPost("/", CreateAsync).RequireAuthorization(Policies.Admin).WithSummary("Create a team");
        group.MapGet("/", ListAsync).RequireAuthorization(Policies.Viewer).WithSummary("List teams");
        group.MapGet("/{id}", GetAsync).RequireAuthorization(Policies.Viewer).WithSummary("Read a team");
        group.MapPatch("/{id}", ChangeAsync).RequireAuthorization(Policies.Admin).WithSummary("Change a team");
        group.MapDelete("/{id}", DeleteAsync).RequireAuthorization(Policies.Admin).WithSummary("Delete a team that nothing refers to");
    }

    private static async Task<Results<Created<TeamView>, ProblemResult>> CreateAsync(
        CreateTeam request, CertctlDbContext context, AuditTrail audit, HttpContext http, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var team = new Team
        {
            Id = Identifiers.New("t", time),
            Name = request.Name ?? "",
            Description = request.Description,
            CreatedAt = now,
            UpdatedAt = now,
        };
        if (await CheckAsync(team, context, cancellationToken) is { } problem) return problem;
        context.Teams.Add(team);
        audit.Record("team_created", "team", team.Id, new { team.Name });
        await context.SaveChangesAsync(cancellationToken);
        http.SetETag(team.RowVersion);
        return TypedResults.Created($"/api/v1/teams/{team.Id}", TeamView.Of(team));
    }

    private static async Task<Ok<Page<TeamView>>> ListAsync([AsParameters] SortedPageQuery query, CertctlDbContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Sorts.PageAsync(context.Teams, query, TeamView.Of, cancellationToken));

    private static async Task<Results<Ok<TeamView>, ProblemResult>> GetAsync(
        string id, CertctlDbContext context, HttpContext http, CancellationToken cancellationToken)
    {
        if (await context.Teams.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, cancellationToken) is not { } team) return Problem.NotFound("team", id);
        http.SetETag(team.RowVersion);
        return TypedResults.Ok(TeamView.Of(team));
    }

    private static async Task<Results<Ok<TeamView>, ProblemResult>> ChangeAsync(
        string id, ChangeTeam request, CertctlDbContext context, AuditTrail audit, HttpContext http, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await context.LockAsync<Team>(id, cancellationToken) is not { } team) return Problem.NotFound("team", id);
        if (!http.IfMatchHolds(team.RowVersion)) return Problem.PreconditionFailed();
        if (request.Name.IsGiven) team.Name = request.Name.Value ?? "";
        if (request.Description.IsGiven) team.Description = request.Description.Value;
        team.UpdatedAt = time.GetUtcNow();
        if (await CheckAsync(team, context, cancellationToken) is { } problem) return problem;
        audit.Record("team_updated", "team", id, new { team.Name });
        await context.SaveChangesAsync(cancellationToken);
        http.SetETag(team.RowVersion);
        return TypedResults.Ok(TeamView.Of(team));
    }

    private static async Task<Results<NoContent, ProblemResult>> DeleteAsync(
        string id, CertctlDbContext context, AuditTrail audit, HttpContext http, CancellationToken cancellationToken)
    {
        if (await context.LockAsync<Team>(id, cancellationToken) is not { } team) return Problem.NotFound("team", id);
        if (!http.IfMatchHolds(team.RowVersion)) return Problem.PreconditionFailed();
        if (await context.Certificates.AnyAsync(c => c.TeamId == id, cancellationToken) || await context.Owners.AnyAsync(o => o.TeamId == id, cancellationToken))
            return Problem.Conflict("Certificates or owners belong to this team.");
        if (await context.Profiles.AnyAsync(p => p.AcmeTeamId == id, cancellationToken)) return Problem.Conflict("A profile gives its ACME certificates to this team.");
        context.Teams.Remove(team);
        audit.Record("team_deleted", "team", id, new { team.Name });
        return TypedResults.NoContent();
    }

    private static async Task<ProblemResult?> CheckAsync(Team team, CertctlDbContext context, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        errors.Required("name", team.Name, 255);
        errors.Optional("description", team.Description, 2000);
        if (errors.Problem is { } problem) return problem;
        return await context.Teams.AnyAsync(t => t.Name == team.Name && t.Id != team.Id, cancellationToken)
            ? Problem.Conflict($"There is a team named '{team.Name}' already.")
            : null;
    }
}
