using Certctl.Api.Access;
using Certctl.Api.Paging;
using Certctl.Api.Problems;
using Certctl.Api.Writes;
using Certctl.Contracts;
using Certctl.Core.Domain;
using Certctl.Core.Domain.Agents;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Agents;

internal static class AgentEndpoints
{
    public static void MapAgents(this IEndpointRouteBuilder api)
    {
        var agents = api.MapGroup("/agents").WithTags("Agents");
        agents.MapPost("", RegisterAsync).RequireAuthorization(Policies.Operator).WithSummary("Register an agent; its token is shown this once");
        agents.MapGet("", ListAsync).RequireAuthorization(Policies.Viewer).WithSummary("Agents, by status and name");
        agents.MapGet("/{id}", GetAsync).RequireAuthorization(Policies.Anyone).WithSummary("One agent; its own token may read it too");
        agents.MapDelete("/{id}", RetireAsync).RequireAuthorization(Policies.Operator).WithSummary("Retire an agent");
    }

    private static async Task<Results<Created<RegisteredAgent>, ProblemResult>> RegisterAsync(
        AgentRegistration request, CertctlDbContext context, AgentDirectory directory, AuditTrail audit, Outbox outbox, HttpContext http,
        TimeProvider time, CancellationToken cancellationToken)
    {
        if (request.Refusal() is { } refusal) return refusal;
        if (await context.Agents.AnyAsync(a => a.Name == request.Name, cancellationToken))
            return Problem.Conflict($"There is an agent named '{request.Name}' already.");

        var token = Token.New(Token.AgentPrefix);
        var agent = request.ToAgent(Identifiers.New("ag", time), Token.HashOf(token), time.GetUtcNow());
        var liveness = new AgentLiveness { AgentId = agent.Id };
        context.Add(agent);
        context.Add(liveness);
        audit.Record("agent_registered", "agent", agent.Id, new { name = agent.Name });
        Announce(agent.Id, directory, outbox);
        await context.SaveChangesAsync(cancellationToken);
        http.SetETag(agent.RowVersion);
        return TypedResults.Created($"/api/v1/agents/{agent.Id}", new RegisteredAgent(AgentView.Of(agent, liveness), token));
    }

    private static Task<Page<AgentView>> ListAsync([AsParameters] AgentQuery query, CertctlDbContext context, CancellationToken cancellationToken) =>
        query.PageAsync(context, cancellationToken);

    private static async Task<Results<Ok<AgentView>, ProblemResult>> GetAsync(
        string id, CertctlDbContext context, HttpContext http, CancellationToken cancellationToken)
    {
        if (http.Caller() is { Role: Core.Domain.Access.Role.Agent } caller && !caller.SpeaksFor(id))
            return Problem.Forbidden("This token does not speak for that agent.");
        var found = await AgentQuery.WithLiveness(context).SingleOrDefaultAsync(r => r.Agent.Id == id, cancellationToken);
        if (found is null) return Problem.NotFound("agent", id);
        http.SetETag(found.Agent.RowVersion);
        return TypedResults.Ok(AgentView.Of(found.Agent, found.Liveness));
    }

    private static async Task<Results<NoContent, ProblemResult>> RetireAsync(
        string id, CertctlDbContext context, AgentDirectory directory, AuditTrail audit, Outbox outbox, TimeProvider time, HttpContext http,
        CancellationToken cancellationToken)
    {
        if (await context.LockAsync<Agent>(id, cancellationToken) is not { } agent) return Problem.NotFound("agent", id);
        if (!http.IfMatchHolds(agent.RowVersion)) return Problem.PreconditionFailed();
        if (agent.RetiredAt is not null) return TypedResults.NoContent();
        agent.RetiredAt = agent.UpdatedAt = time.GetUtcNow();
        agent.RetiredReason = $"retired by {http.Caller().Actor}";
        audit.Record("agent_retired", "agent", id);
        Announce(id, directory, outbox);
        return TypedResults.NoContent();
    }

    /// <summary>This replica knows of the change before it answers; the others hear of it.</summary>
    private static void Announce(string id, AgentDirectory directory, Outbox outbox)
    {
        outbox.AfterCommit(cancellationToken => directory.ReadAgainAsync(id, cancellationToken));
        outbox.Publish(new AgentChanged(id));
    }
}
