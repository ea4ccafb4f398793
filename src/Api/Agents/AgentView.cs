using Certctl.Core.Domain.Agents;

namespace Certctl.Api.Agents;

/// <summary>An agent as the REST API shows it.</summary>
/// <param name="Status">online, offline or retired.</param>
/// <param name="LastHeartbeatAt">Null until the first heartbeat.</param>
/// <param name="HeartbeatIntervalSeconds">What the agent was last told; three times this without a heartbeat is offline.</param>
/// <param name="OnlineSince">The heartbeat that last made it online.</param>
public sealed record AgentView(
    string Id, string Name, AgentStatus Status, string? Hostname, string? Os, string? Architecture, string? IpAddress, string? Version,
    DateTimeOffset? LastHeartbeatAt, int HeartbeatIntervalSeconds, DateTimeOffset? OnlineSince,
    DateTimeOffset RegisteredAt, DateTimeOffset UpdatedAt, DateTimeOffset? RetiredAt, string? RetiredReason)
{
    internal static AgentView Of(Agent agent, AgentLiveness liveness) => new(
        agent.Id, agent.Name, StatusOf(agent, liveness), agent.Hostname, agent.Os, agent.Architecture, agent.IpAddress, agent.Version,
        liveness.LastHeartbeatAt, liveness.HeartbeatIntervalSeconds, liveness.OnlineSince,
        agent.RegisteredAt, agent.UpdatedAt, agent.RetiredAt, agent.RetiredReason);

    private static AgentStatus StatusOf(Agent agent, AgentLiveness liveness) =>
        agent.RetiredAt is not null ? AgentStatus.Retired : liveness.Online ? AgentStatus.Online : AgentStatus.Offline;
}

public enum AgentStatus { Online, Offline, Retired }

/// <summary>An agent just registered.</summary>
/// <param name="Token">The agent's bearer token, shown this once.</param>
public sealed record RegisteredAgent(AgentView Agent, string Token);
