using System.ComponentModel;
using Certctl.Api.Paging;
using Certctl.Core.Domain.Agents;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Agents;

/// <summary>Which agents a list shows.</summary>
public sealed record AgentQuery : SortedPageQuery
{
    private static readonly Sorting<AgentWithLiveness> Sorting = new Sorting<AgentWithLiveness>(r => r.Agent.Id, "id")
        .By("id", r => r.Agent.Id)
        .By("name", r => r.Agent.Name)
        .By("registered_at", r => r.Agent.RegisteredAt);

    [FromQuery(Name = "status"), Description("online, offline or retired.")]
    public string? Status { get; init; }

    [FromQuery(Name = "name_prefix"), Description("Beginning of the agent's name.")]
    public string? NamePrefix { get; init; }

    internal Task<Page<AgentView>> PageAsync(CertctlDbContext context, CancellationToken cancellationToken)
    {
        var rows = WithLiveness(context);
        if (NamePrefix is not null) rows = rows.Where(r => r.Agent.Name.StartsWith(NamePrefix));
        rows = QueryValues.OneOf<AgentStatus>("status", Status, SnakeCase.ToText) switch
        {
            AgentStatus.Retired => rows.Where(r => r.Agent.RetiredAt != null),
            AgentStatus.Online => rows.Where(r => r.Agent.RetiredAt == null && r.Liveness.Online),
            AgentStatus.Offline => rows.Where(r => r.Agent.RetiredAt == null && !r.Liveness.Online),
            _ => rows,
        };
        return Sorting.PageAsync(rows, this, r => AgentView.Of(r.Agent, r.Liveness), cancellationToken);
    }

    internal static IQueryable<AgentWithLiveness> WithLiveness(CertctlDbContext context) =>
        from agent in context.Agents.AsNoTracking()
        join liveness in context.AgentLiveness.AsNoTracking() on agent.Id equals liveness.AgentId
        select new AgentWithLiveness { Agent = agent, Liveness = liveness };
}

/// <summary>An agent beside what its heartbeats wrote.</summary>
internal sealed class AgentWithLiveness
{
    public required Agent Agent { get; init; }
    public required AgentLiveness Liveness { get; init; }
}
