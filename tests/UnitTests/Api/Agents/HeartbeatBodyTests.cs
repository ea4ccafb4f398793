using System.Buffers;
using System.Text;
using Certctl.Api.Agents;
using Certctl.Contracts;

namespace Certctl.UnitTests.Api.Agents;

public sealed class HeartbeatBodyTests
{
    private static readonly AgentMetadata Known = new("1.0", "host", "linux", "amd64", "10.0.0.1");

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"version":"1.0","hostname":"host","os":null}""")]
    [InlineData("""{"load":{"cpu":[1,2]},"version":"1.0"}""")]
    public void What_is_known_or_none_of_ours_is_no_news(string json)
    {
        Assert.True(Read(json, out var changes, out _));
        Assert.Null(changes);
    }

    [Fact]
    public void Only_what_changed_is_news()
    {
        Assert.True(Read("""{"version":"2.0","hostname":"host","ip_address":"10.0.0.2"}""", out var changes, out _));
        Assert.Equal(new AgentMetadata("2.0", null, null, null, "10.0.0.2"), changes);
    }

    [Theory]
    [InlineData("[]", "body")]
    [InlineData("{", "body")]
    [InlineData("{} {}", "body")]
    [InlineData("""{"version":""", "version")]
    [InlineData("""{"version":1}""", "version")]
    [InlineData("""{"hostname":"\u0000"}""", "hostname")]
    [InlineData("""{"os":"\ud800"}""", "os")]
    [InlineData("""{"architecture":"123456789012345678901234567890123456789012345678901"}""", "architecture")]
    public void A_bad_body_is_refused_by_field(string json, string expected)
    {
        Assert.False(Read(json, out _, out var field));
        Assert.Equal(expected, field);
    }

    [Fact]
    public void Text_that_is_not_UTF_8_is_refused_by_field()
    {
        byte[] json = [.. "{\"os\":\""u8, 0xff, .. "\"}"u8];
        Assert.False(HeartbeatBody.TryRead(new ReadOnlySequence<byte>(json), Known, out _, out var field, out _));
        Assert.Equal("os", field);
    }

    private static bool Read(string json, out AgentMetadata? changes, out string field) =>
        HeartbeatBody.TryRead(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json)), Known, out changes, out field, out _);
}
