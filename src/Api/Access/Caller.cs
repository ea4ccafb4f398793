using Certctl.Core.Domain.Access;

namespace Certctl.Api.Access;

/// <summary>Who asks, as its bearer token says.</summary>
/// <param name="Actor">Name in audit events: the key's name, or the agent's id.</param>
/// <param name="KeyId">What rate limits count by.</param>
/// <param name="AgentId">The one agent that an agent's own token acts for.</param>
/// <param name="AgentIdPrefix">The agents that an API key of role agent may speak for.</param>
public sealed record Caller(string Actor, string KeyId, Role Role, string? AgentId = null, string? AgentIdPrefix = null)
{
    /// <summary>Whether this token may act as the agent.</summary>
    public bool SpeaksFor(string agentId) =>
        Role == Role.Agent && (AgentId is not null
            ? AgentId == agentId
            : AgentIdPrefix is { Length: > 0 } prefix && agentId.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Whether this token may read what belongs to that agent, or to none.</summary>
    public bool MayReadFor(string? agentId) => Role != Role.Agent || (agentId is not null && SpeaksFor(agentId));

    /// <summary>Whether this token may take what is handed out once: an operator, or the agent that it belongs to.</summary>
    public bool MayTakeFor(string? agentId) => Role is Role.Operator or Role.Admin || (agentId is not null && SpeaksFor(agentId));
}
