using Certctl.Api.Access;
using Certctl.Contracts;
using Certctl.Core.Domain.Access;

namespace Certctl.Api.Agents;

/// <summary>What this replica knows of one agent. The entry outlives changes of the row, so that its rate limit does too.</summary>
internal sealed class AgentEntry(string id)
{
    /// <summary>How long a message that was confirmed may take to show in the row before the news is sent again: under
    /// overload the broker drops the oldest messages.</summary>
    private static readonly TimeSpan AnnouncementLifetime = TimeSpan.FromMinutes(1);

    private volatile AgentRow row = AgentRow.Empty;
    private volatile Announcement? announced;
    private long arrival;

    public string Id { get; } = id;

    /// <summary>Who the agent's own token speaks as.</summary>
    public Caller Caller { get; } = new(id, id, Role.Agent, AgentId: id);

    /// <summary>The row as last read.</summary>
    public AgentRow Row
    {
        get => row;
        set => row = value;
    }

    public bool MayBeat(in Gcra limit, DateTimeOffset now, out TimeSpan retryAfter) =>
        limit.TryTake(ref arrival, now.UtcTicks, out retryAfter);

    /// <summary>Whether these changes were sent already and only have to be stored.</summary>
    public bool HasAnnounced(AgentMetadata changes, DateTimeOffset now) =>
        announced is { } last && now - last.At < AnnouncementLifetime && last.Changes == changes;

    public void Announce(AgentMetadata changes, DateTimeOffset now) => announced = new Announcement(changes, now);

    private sealed record Announcement(AgentMetadata Changes, DateTimeOffset At);
}

/// <summary>What the directory reads of an agent's row.</summary>
internal sealed record AgentRow(TokenHash? Token, bool Retired, AgentMetadata Metadata)
{
    public static readonly AgentRow Empty = new(null, false, new AgentMetadata(null, null, null, null, null));
}
