using System.Text.Json;
using Certctl.Api.Certificates;
using Certctl.Api.Json;
using Certctl.Core.Domain.Certificates;

namespace Certctl.UnitTests.Api.Json;

public sealed class WireFormatTests
{
    private static readonly JsonSerializerOptions Options = Create();

    [Theory]
    [InlineData("\"2026-01-31T12:00:00Z\"", "2026-01-31T12:00:00+00:00")]
    [InlineData("\"2026-01-31T12:00:00.25+02:00\"", "2026-01-31T10:00:00.25+00:00")]
    public void Times_are_read_into_utc(string json, string expected)
    {
        var time = JsonSerializer.Deserialize<DateTimeOffset>(json, Options);
        Assert.Equal(DateTimeOffset.Parse(expected, null), time);
        Assert.Equal(TimeSpan.Zero, time.Offset);
    }

    [Theory]
    [InlineData("\"2026-01-31T12:00:00\"")]
    [InlineData("\"2026-01-31\"")]
    [InlineData("\"yesterday\"")]
    [InlineData("5")]
    public void Times_without_an_offset_are_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<DateTimeOffset>(json, Options));

    [Fact]
    public void Times_are_written_with_a_Z() =>
        Assert.Equal("\"2026-01-31T10:00:00.25Z\"", JsonSerializer.Serialize(DateTimeOffset.Parse("2026-01-31T12:00:00.25+02:00", null), Options));

    [Fact]
    public void Certificate_statuses_keep_their_spelling_and_other_enums_are_snake_case()
    {
        Assert.Equal("\"RenewalInProgress\"", JsonSerializer.Serialize(CertificateStatus.RenewalInProgress, Options));
        Assert.Equal("\"server\"", JsonSerializer.Serialize(KeyMode.Server, Options));
    }

    [Theory]
    [InlineData("{\"name\":\"a\\u0000b\"}")]
    [InlineData("{\"tags\":{\"a\\u0000\":\"b\"}}")]
    [InlineData("{\"unknown\":1}")]
    [InlineData("{\"name\":\"a\",\"name\":\"b\"}")]
    [InlineData("{\"name\":1}")]
    [InlineData("{\"key_mode\":1}")]
    [InlineData("{\"Name\":\"a\"}")]
    public void What_a_request_may_not_hold_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<CreateCertificate>(json, Options));

    [Fact]
    public void A_patch_tells_null_from_nothing()
    {
        var patch = JsonSerializer.Deserialize<ChangeCertificate>("{\"agent_id\":null,\"name\":\"x\"}", Options)!;
        Assert.True(patch.AgentId is { IsGiven: true, Value: null });
        Assert.True(patch.Name is { IsGiven: true, Value: "x" });
        Assert.False(patch.Environment.IsGiven);
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        WireFormat.Configure(options);
        return options;
    }
}
