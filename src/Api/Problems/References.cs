using Certctl.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Problems;

/// <summary>Checks that what a request names is there, by field.</summary>
internal sealed class References(CertctlDbContext context, FieldErrors errors)
{
    public Task OwnerAsync(string? id, CancellationToken cancellationToken) => OwnerAsync("owner_id", id, cancellationToken);

    public Task OwnerAsync(string field, string? id, CancellationToken cancellationToken) =>
        CheckAsync(field, id, "owner", id => context.Owners.AnyAsync(o => o.Id == id, cancellationToken));

    public Task TeamAsync(string? id, CancellationToken cancellationToken) => TeamAsync("team_id", id, cancellationToken);

    public Task TeamAsync(string field, string? id, CancellationToken cancellationToken) =>
        CheckAsync(field, id, "team", id => context.Teams.AnyAsync(t => t.Id == id, cancellationToken));

    public Task IssuerAsync(string? id, CancellationToken cancellationToken) =>
        CheckAsync("issuer_id", id, "issuer", id => context.Issuers.AnyAsync(i => i.Id == id, cancellationToken));

    public Task ProfileAsync(string? id, CancellationToken cancellationToken) =>
        CheckAsync("profile_id", id, "profile", id => context.Profiles.AnyAsync(p => p.Id == id, cancellationToken));

    public Task RenewalPolicyAsync(string? id, CancellationToken cancellationToken) => RenewalPolicyAsync("renewal_policy_id", id, cancellationToken);

    public Task RenewalPolicyAsync(string field, string? id, CancellationToken cancellationToken) =>
        CheckAsync(field, id, "renewal policy", id => context.RenewalPolicies.AnyAsync(p => p.Id == id, cancellationToken));

    /// <summary>An agent that is registered and, where it is to be given work, not retired.</summary>
    public Task AgentAsync(string? id, bool retiredToo, CancellationToken cancellationToken) =>
        CheckAsync("agent_id", id, "agent", id => context.Agents.AnyAsync(a => a.Id == id && (retiredToo || a.RetiredAt == null), cancellationToken));

    private async Task CheckAsync(string field, string? id, string kind, Func<string, Task<bool>> exists)
    {
        if (id is not null && !await exists(id)) errors.Add(field, $"there is no {kind} of this id");
    }
}
