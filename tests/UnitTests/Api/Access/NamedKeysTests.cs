using Certctl.Api.Access;
using Certctl.Core.Domain.Access;
using Certctl.Core.Hosting.Settings;

namespace Certctl.UnitTests.Api.Access;

public sealed class NamedKeysTests
{
    private const string Key = "0123456789abcdef";
    private const string OtherKey = "fedcba9876543210";

    [Fact]
    public void A_key_without_a_role_is_a_viewer() => Assert.Equal(Role.Viewer, Assert.Single(Read($"ci:{Key}")).Caller.Role);

    [Theory]
    [InlineData("admin", Role.Admin)]
    [InlineData("operator", Role.Operator)]
    [InlineData("viewer", Role.Viewer)]
    [InlineData("agent", Role.Agent)]
    public void A_role_is_read(string text, Role role) => Assert.Equal(role, Assert.Single(Read($"ci:{Key}:{text}")).Caller.Role);

    [Fact]
    public void A_prefix_lets_an_agent_key_speak_for_its_agents_alone()
    {
        var caller = Assert.Single(Read($"gateway:{Key}:agent:ag-load-")).Caller;
        Assert.True(caller.SpeaksFor("ag-load-1"));
        Assert.False(caller.SpeaksFor("ag-other"));
    }

    [Fact]
    public void The_same_name_twice_is_a_rotation_of_one_actor()
    {
        var keys = Read($"ci:{Key}:operator", $"ci:{OtherKey}:operator");
        Assert.Equal(2, keys.Count);
        Assert.Equal(keys[0].Caller, keys[1].Caller);
    }

    [Theory]
    [InlineData("ci:0123456789abcdef:root")]
    [InlineData("ci:short")]
    [InlineData(":0123456789abcdef")]
    [InlineData("ci:0123456789abcdef:viewer:ag-")]
    [InlineData("ci:0123456789abcdef:agent:")]
    [InlineData("ci:0123456789abcdef:agent:a:b")]
    public void A_bad_entry_is_refused_without_its_key(string entry)
    {
        var e = Assert.Throws<SettingsException>(() => Read(entry));
        Assert.Contains("CERTCTL_API_KEYS_NAMED", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_without_a_name_is_not_shown()
    {
        var e = Assert.Throws<SettingsException>(() => Read(Key));
        Assert.DoesNotContain(Key, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Roles_that_differ_within_one_name_are_refused() =>
        Assert.Contains("'ci'", Assert.Throws<SettingsException>(() => Read($"ci:{Key}:operator", $"ci:{OtherKey}:admin")).Message, StringComparison.Ordinal);

    [Fact]
    public void One_key_under_two_names_is_refused() =>
        Assert.Throws<SettingsException>(() => Read($"a:{Key}", $"b:{Key}"));

    [Fact]
    public void Keys_of_the_auth_secret_are_numbered_admins()
    {
        var keys = NamedKeys.Read(new AccessSettings { LegacyKeys = [Key, OtherKey] });
        Assert.Equal(["legacy-key-1", "legacy-key-2"], keys.Select(k => k.Caller.Actor));
        Assert.All(keys, k => Assert.Equal(Role.Admin, k.Caller.Role));
    }

    private static IReadOnlyList<(string Key, Caller Caller)> Read(params string[] entries) => NamedKeys.Read(new AccessSettings { NamedKeys = entries });
}
