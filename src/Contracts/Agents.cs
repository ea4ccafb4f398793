namespace Certctl.Contracts;

/// <summary>An agent was registered or retired: every API replica reads it again.</summary>
public sealed record AgentChanged(string AgentId);

/// <summary>An agent has been silent for three times the interval that it was last told.</summary>
public sealed record AgentWentOffline(string AgentId, DateTimeOffset LastHeartbeatAt);

/// <summary>An agent that was offline has been heard again.</summary>
public sealed record AgentCameOnline(string AgentId, DateTimeOffset LastHeartbeatAt);
