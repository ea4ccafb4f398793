using System.Reflection;
using Certctl.Load.AcmeBurst;
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
    [InlineData("--directory", "x", "--rate", "5")]
    [InlineData("--directory", "x", "--strict", "--strict")]
    public void A_wrong_command_line_is_refused(params string[] arguments) =>
        Assert.Throws<UsageException>(() => AcmeSignedSettings.Read(CommandLine.Parse(arguments, "strict")));

    [Fact]
    public void Thresholds_are_read()
    {
        var settings = AcmeSignedSettings.Read(CommandLine.Parse(["--directory", "x", "--min-rate", "12.5", "--p95", "90ms"]));

        var thresholds = settings.Run.Definition.Thresholds;
        Assert.Equal(["flows", "failed flows", "flow p95 ms", "flow p99 ms", "longest silence ms", "flows/s", "flow p95 ms"], thresholds.Select(t => t.Name));
        Assert.Equal([1, 0, 5000, 10_000, 2000, 12.5, 90], thresholds.Select(t => t.Limit));
    }

    [Fact]
    public void A_scenario_is_its_definition_where_the_command_line_says_nothing()
    {
        var settings = AcmeBurstSettings.Read(CommandLine.Parse(["--directory", "x"]));
        Assert.Equal((200, TimeSpan.FromMinutes(5), false), (settings.Run.Users, settings.Run.Duration, settings.Run.Strict));

        settings = AcmeBurstSettings.Read(CommandLine.Parse(["--directory", "x", "--duration", "20s", "--users", "7", "--strict"], "strict"));
        Assert.Equal((7, TimeSpan.FromSeconds(20), true), (settings.Run.Users, settings.Run.Duration, settings.Run.Strict));
    }

    [Theory]
    [InlineData]
    [InlineData("bulk")]
    [InlineData("bulk-renewal", "--base")]
    [InlineData("bulk-renewal", "--base", "https://localhost:1", "--token-file", "no-such-file")]
    [InlineData("acme-burst", "--directory", "x", "--expect-limit", "--rate", "9")]
    [InlineData("list", "--yaml")]
    public async Task A_usage_error_is_exit_code_2(params string[] arguments) => Assert.Equal(2, await Driver(arguments));

    [Fact]
    public async Task A_server_that_is_not_there_is_exit_code_1() => Assert.Equal(
        1, await Driver("acme-burst", "--directory", "http://127.0.0.1:1/directory", "--duration", "1s"));

    [Fact]
    public async Task The_scenarios_are_listed() => Assert.Equal(0, await Driver("list", "--json"));

    /// <summary>The program itself.</summary>
    private static async Task<int> Driver(params string[] arguments) =>
        await (Task<int>)typeof(CommandLine).Assembly.EntryPoint!.DeclaringType!
            .GetMethod("<Main>$", BindingFlags.Static | BindingFlags.NonPublic)!.Invoke(null, [arguments])!;
}
