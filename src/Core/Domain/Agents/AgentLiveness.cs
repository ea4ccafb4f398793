namespace Certctl.Core.Domain.Agents;

/// <summary>What every heartbeat writes. Narrow and without an index on what changes, so that updates stay HOT.</summary>
public sealed class AgentLiveness
{
    public required string AgentId { get; init; }

    /// <summary>Null until the first heartbeat.</summary>
    public DateTimeOffset? LastHeartbeatAt { get; set; }

    /// <summary>The interval that the agent was last told; offline is three times this.</summary>
    public int HeartbeatIntervalSeconds { get; set; } = 30;
    public bool Online { get; set; }

    /// <summary>The heartbeat that last made the agent online.</summary>
    public DateTimeOffset? OnlineSince { get; set; }
}
