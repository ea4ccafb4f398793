using Certctl.AcmeService.Protocol;
using static Certctl.UnitTests.AcmeService.Protocol.SignedRequests;

namespace Certctl.UnitTests.AcmeService.Protocol;

public sealed class Rfc3339ConverterTests
{
    [Theory]
    [InlineData("2026-02-28T23:59:59Z", "2026-02-28T23:59:59Z")]
    [InlineData("2026-02-28t23:59:59z", "2026-02-28T23:59:59Z")]
    [InlineData("2026-02-28T23:59:59+01:30", "2026-02-28T22:29:59Z")]
    [InlineData("2026-02-28T23:59:59-00:00", "2026-02-28T23:59:59Z")]
    [InlineData("2026-02-28T23:59:59.5Z", "2026-02-28T23:59:59Z")]
    [InlineData("2026-02-28T23:59:59.123456789Z", "2026-02-28T23:59:59Z")]
    [InlineData("2026-02-28T23:59:59.123456789-02:00", "2026-03-01T01:59:59Z")]
    public void Instant_is_read_with_its_offset_and_written_in_UTC_and_whole_seconds(string text, string written)
    {
        Assert.Null(Wire.Read<NewOrder>(Bytes($$"""{"identifiers":[],"notAfter":"{{text}}"}"""), out var order));
        var window = new SuggestedWindow(order.NotAfter!.Value, order.NotAfter.Value);
        Assert.Equal($$$"""{"suggestedWindow":{"start":"{{{written}}}","end":"{{{written}}}"}}""", Text(Wire.Serialize(new RenewalInfo(window))));
    }

    [Theory]
    [InlineData("2026-02-28")]
    [InlineData("2026-02-28T23:59Z")]
    [InlineData("2026-02-28T23:59:59")]
    [InlineData("2026-02-28 23:59:59Z")]
    [InlineData("2026-02-28T23:59:59.Z")]
    [InlineData("2026-02-28T23:59:59,5Z")]
    [InlineData("2026-02-28T23:59:59+0100")]
    [InlineData("2026-02-28T23:59:59+01")]
    [InlineData("2026-02-28T23:59:59+25:00")]
    [InlineData("2026-02-29T00:00:00Z")]
    [InlineData("2026-13-01T00:00:00Z")]
    [InlineData("2026-02-28T24:00:00Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("9999-12-31T23:59:59-14:00")]
    [InlineData(" 2026-02-28T23:59:59Z")]
    [InlineData("2026-02-28T23:59:59Z\\n")]
    [InlineData("26-02-28T23:59:59Z")]
    [InlineData("\u0662026-02-28T23:59:59Z")]
    [InlineData("1772323199")]
    [InlineData("")]
    public void Anything_else_is_refused_by_the_name_of_its_member(string text) =>
        IsProblem(Wire.Read<NewOrder>(Bytes($$"""{"identifiers":[],"notAfter":"{{text}}"}"""), out _), "malformed", "notAfter");
}
