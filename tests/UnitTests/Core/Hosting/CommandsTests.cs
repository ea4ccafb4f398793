using Certctl.Core.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.UnitTests.Core.Hosting;

public sealed class CommandsTests
{
    [Theory]
    [InlineData(true, "rotate-kek")]
    [InlineData(true, "verify-audit", "00")]
    [InlineData(true, "no-such-command")]
    [InlineData(false)]
    [InlineData(false, "--environment", "Production")]
    [InlineData(false, "urls=http://localhost")]
    public void A_word_is_a_command_and_an_option_is_not(bool isCommand, params string[] args) => Assert.Equal(isCommand, Commands.AreIn(args));

    [Theory]
    [InlineData("no-such-command")]
    [InlineData("rotate-kek", "now")]
    [InlineData("verify-audit", "no seal")]
    public async Task What_is_no_command_gets_the_usage(params string[] args)
    {
        var output = new StringWriter();
        await using var nothing = new ServiceCollection().BuildServiceProvider();
        Assert.Equal(64, await Commands.RunAsync(nothing, args, output, TestContext.Current.CancellationToken));
        Assert.Contains("rotate-kek", output.ToString(), StringComparison.Ordinal);
    }
}
