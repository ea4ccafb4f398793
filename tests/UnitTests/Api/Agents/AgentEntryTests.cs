using Certctl.Api.Agents;
using Certctl.Contracts;
using Certctl.Core.Domain.Access;
using Microsoft.Extensions.Time.Testing;

namespace Certctl.UnitTests.Api.Agents;

public sealed class AgentEntryTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly AgentMetadata News = new("2.0", null, null, null, null);

    [Fact]
    public void News_that_was_sent_is_not_sent_again_for_a_minute()
    {
        var agent = new AgentEntry("ag-1");
        Assert.False(agent.HasAnnounced(News, Now));

        agent.Announce(News, Now);

        Assert.True(agent.HasAnnounced(News, Now.AddSeconds(59)));
        Assert.False(agent.HasAnnounced(News, Now.AddSeconds(60)));
        Assert.False(agent.HasAnnounced(News with { Version = "2.1" }, Now));
    }

    [Fact]
    public void A_changed_row_keeps_the_rate_limit()
    {
        var agent = new AgentEntry("ag-1");
        var limit = Gcra.PerSecond(1, burst: 1);
        Assert.True(agent.MayBeat(limit, Now, out _));

        agent.Row = AgentRow.Empty with { Retired = true };

        Assert.False(agent.MayBeat(limit, Now, out _));
    }

    [Fact]
    public void An_agents_own_token_speaks_for_it_alone()
    {
        var caller = new AgentEntry("ag-1").Caller;

        Assert.Equal(Role.Agent, caller.Role);
        Assert.True(caller.SpeaksFor("ag-1"));
        Assert.False(caller.SpeaksFor("ag-10"));
    }

    [Fact]
    public void A_key_looked_for_in_vain_rests()
    {
        var time = new FakeTimeProvider(Now);
        var misses = new MissLimit(time);
        Assert.Equal(Miss.Look, misses.Ask("ag-nobody"));
        // While the first look runs, nobody knows yet that it is in vain.
        Assert.Equal(Miss.Look, misses.Ask("ag-nobody"));
        misses.Vain("ag-nobody");
        Assert.Equal(Miss.Unknown, misses.Ask("ag-nobody"));

        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(Miss.Look, misses.Ask("ag-nobody"));
    }

    [Fact]
    public void Made_up_keys_are_looked_for_at_a_bounded_rate()
    {
        var misses = new MissLimit(new FakeTimeProvider(Now));

        var asked = Enumerable.Range(0, 5000).Select(i => misses.Ask($"ag-{i}")).ToList();
        Assert.Equal(100, asked.Count(m => m == Miss.Look));
        Assert.DoesNotContain(Miss.Unknown, asked);
    }
}
