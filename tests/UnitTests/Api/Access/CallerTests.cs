using Certctl.Api.Access;
using Certctl.Core.Domain.Access;

namespace Certctl.UnitTests.Api.Access;

public sealed class CallerTests
{
    private static readonly Caller Agent = new("ag-1", "ag-1", Role.Agent, AgentId: "ag-1");

    [Fact]
    public void An_agent_speaks_for_itself_alone()
    {
        Assert.True(Agent.SpeaksFor("ag-1"));
        Assert.False(Agent.SpeaksFor("ag-10"));
    }

    [Fact]
    public void An_agent_key_without_a_prefix_speaks_for_nobody() => Assert.False(new Caller("gw", "gw", Role.Agent).SpeaksFor("ag-1"));

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    [InlineData(Role.Admin)]
    public void Other_roles_speak_for_no_agent(Role role) => Assert.False(new Caller("x", "x", role, AgentIdPrefix: "ag-").SpeaksFor("ag-1"));

    [Fact]
    public void An_agent_reads_its_own_certificates_and_those_of_no_other()
    {
        Assert.True(Agent.MayReadFor("ag-1"));
        Assert.False(Agent.MayReadFor("ag-2"));
        Assert.False(Agent.MayReadFor(null));
    }

    [Fact]
    public void A_viewer_reads_but_takes_no_private_key()
    {
        var viewer = new Caller("v", "v", Role.Viewer);
        Assert.True(viewer.MayReadFor(null));
        Assert.False(viewer.MayTakeFor("ag-1"));
    }

    [Theory]
    [InlineData(Role.Operator)]
    [InlineData(Role.Admin)]
    public void Operators_take_private_keys(Role role) => Assert.True(new Caller("o", "o", role).MayTakeFor(null));
}
