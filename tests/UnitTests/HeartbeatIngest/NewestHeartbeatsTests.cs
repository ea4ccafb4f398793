using Certctl.Contracts;
using Certctl.HeartbeatIngest;

namespace Certctl.UnitTests.HeartbeatIngest;

public sealed class NewestHeartbeatsTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_newest_of_each_agent_remains_in_the_order_of_ids()
    {
        var newest = NewestHeartbeats.Of([Message(Beat("ag-2", 0), Beat("ag-1", 5)), Message(Beat("ag-2", 3), Beat("ag-1", 1))]);

        Assert.Equal([Beat("ag-1", 5), Beat("ag-2", 3)], newest);
    }

    [Fact]
    public void What_an_older_heartbeat_said_is_kept_where_the_newer_says_nothing()
    {
        var older = Beat("ag-1", 0) with { Metadata = new AgentMetadata("1.0", "old", null, null, null) };
        var newer = Beat("ag-1", 1) with { Metadata = new AgentMetadata(null, "new", null, null, null) };
        var silent = Beat("ag-1", 2);

        var merged = Assert.Single(NewestHeartbeats.Of([Message(silent, newer), Message(older)]));

        Assert.Equal(new AgentMetadata("1.0", "new", null, null, null), merged.Metadata);
        Assert.Equal(silent.ReceivedAt, merged.ReceivedAt);
    }

    [Fact]
    public void What_PostgreSQL_does_not_store_is_not_written()
    {
        Assert.True(NewestHeartbeats.IsStorable(new AgentMetadata("1.0", null, "linux", "amd64", "::1")));
        Assert.False(NewestHeartbeats.IsStorable(new AgentMetadata("1\0", null, null, null, null)));
        Assert.False(NewestHeartbeats.IsStorable(new AgentMetadata(null, new string('h', 256), null, null, null)));
    }

    private static HeartbeatsReceived Message(params Heartbeat[] heartbeats) => new(Now, heartbeats);

    private static Heartbeat Beat(string id, int seconds) => new(id, Now.AddSeconds(seconds), 30, null);
}
