using Certctl.Contracts;
using Certctl.Core.Domain.Agents;

namespace Certctl.HeartbeatIngest;

/// <summary>Reduces a batch to one heartbeat per agent, in the order of ids in which every writer takes its row locks.</summary>
internal static class NewestHeartbeats
{
    public static Heartbeat[] Of(IEnumerable<HeartbeatsReceived> messages)
    {
        var newest = new Dictionary<string, Heartbeat>(StringComparer.Ordinal);
        foreach (var heartbeat in messages.SelectMany(m => m.Heartbeats))
            newest[heartbeat.AgentId] = newest.TryGetValue(heartbeat.AgentId, out var other) ? Merge(other, heartbeat) : heartbeat;
        var ordered = newest.Values.ToArray();
        Array.Sort(ordered, (a, b) => string.CompareOrdinal(a.AgentId, b.AgentId));
        return ordered;
    }

    /// <summary>The newer of two, with what the older one said where the newer says nothing.</summary>
    private static Heartbeat Merge(Heartbeat a, Heartbeat b)
    {
        var (older, newer) = a.ReceivedAt <= b.ReceivedAt ? (a, b) : (b, a);
        if (older.Metadata is not { } before) return newer;
        if (newer.Metadata is not { } after) return newer with { Metadata = before };
        return newer with
        {
            Metadata = new AgentMetadata(
                after.Version ?? before.Version,
                after.Hostname ?? before.Hostname,
                after.Os ?? before.Os,
                after.Architecture ?? before.Architecture,
                after.IpAddress ?? before.IpAddress),
        };
    }

    /// <summary>Whether PostgreSQL stores it: one bad heartbeat must not fail the batch that it came with.</summary>
    public static bool IsStorable(AgentMetadata metadata) =>
        AgentMetadataLimits.Allow(metadata.Version, AgentMetadataLimits.Version)
        && AgentMetadataLimits.Allow(metadata.Hostname, AgentMetadataLimits.Hostname)
        && AgentMetadataLimits.Allow(metadata.Os, AgentMetadataLimits.Os)
        && AgentMetadataLimits.Allow(metadata.Architecture, AgentMetadataLimits.Architecture)
        && AgentMetadataLimits.Allow(metadata.IpAddress, AgentMetadataLimits.IpAddress);
}
