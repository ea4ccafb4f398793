namespace Certctl.Contracts;

/// <summary>Heartbeats that one API replica gathered over a few milliseconds. Queue: <c>store-heartbeats</c>.</summary>
/// <param name="SentAt">When the API sent the message. The stream of these instants, empty pulses included,
/// is the proof that intake works: offline detection measures silence against it and not against a clock.</param>
/// <param name="Heartbeats">At most a few hundred; empty in a pulse.</param>
public sealed record HeartbeatsReceived(DateTimeOffset SentAt, IReadOnlyList<Heartbeat> Heartbeats);

/// <summary>One agent's heartbeat.</summary>
/// <param name="AgentId">The agent.</param>
/// <param name="ReceivedAt">When the API took it.</param>
/// <param name="NextHeartbeatSeconds">The interval that the agent was told, in seconds.</param>
/// <param name="Metadata">What the agent says of itself; null when it said nothing new.</param>
public sealed record Heartbeat(string AgentId, DateTimeOffset ReceivedAt, int NextHeartbeatSeconds, AgentMetadata? Metadata);

/// <summary>What an agent says of itself; a null field leaves what is stored.</summary>
public sealed record AgentMetadata(string? Version, string? Hostname, string? Os, string? Architecture, string? IpAddress);
