using Certctl.Load.AcmeSigned;
using Certctl.Load.Arguments;

namespace Certctl.UnitTests.Load;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("30s", 30_000)]
    [InlineData("1.5m", 90_000)]
    [InlineData("0ms", 0)]
    public void Durations_are_written_as_in_Go(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), CommandLine.ParseDuration(text));

    [Theory]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("3 s")]
    [InlineData("-3s")]
    public void Anything_else_is_no_duration(string text) => Assert.Null(CommandLine.ParseDuration(text));

    [Theory]
    [InlineData("--directory")]
    [InlineData("directory", "x")]
    [InlineData("--directory", "x", "--directory", "y")]
    [InlineData("--directory", "x", "--speed", "9")]
    [InlineData("--directory", "x", "--mode", "honest")]
    [InlineData("--directory", "x", "--clients", "0")]
    [InlineData("--directory", "x", "--eab-kid", "k")]
    [InlineData("--clients", "2")]
    public void A_wrong_command_line_is_refused(params string[] arguments) =>
        Assert.Throws<UsageException>(() => AcmeSignedSettings.Read(CommandLine.Parse(arguments)));

    [Fact]
    public void Thresholds_are_read()
    {
        var settings = AcmeSignedSettings.Read(CommandLine.Parse(["--directory", "x", "--min-rate", "12.5", "--p95", "90ms"]));

        Assert.Equal(["flows", "failed flows", "flows/s", "flow p95 ms"], settings.Thresholds.Select(t => t.Name));
        Assert.Equal([1, 0, 12.5, 90], settings.Thresholds.Select(t => t.Limit));
    }
}
