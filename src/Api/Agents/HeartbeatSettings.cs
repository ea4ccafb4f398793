using Certctl.Core.Hosting.Settings;

namespace Certctl.Api.Agents;

/// <summary>How often agents are asked to beat, and how often they may.</summary>
public sealed record HeartbeatSettings
{
    [Setting("CERTCTL_AGENT_HEARTBEAT_INTERVAL", "Shortest interval that agents are told to beat in.", Min = 1, Max = 3600)]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);

    [Setting("CERTCTL_AGENT_HEARTBEAT_TARGET_RATE", "Heartbeats per second of the whole fleet above which the interval is stretched.", Min = 1, Max = 100_000)]
    public double TargetRate { get; init; } = 200;

    [Setting("CERTCTL_AGENT_HEARTBEAT_RATE", "Heartbeats per second that one agent may send; twice as many in a burst.", Min = 0.01, Max = 1000)]
    public double RatePerAgent { get; init; } = 10;
}
