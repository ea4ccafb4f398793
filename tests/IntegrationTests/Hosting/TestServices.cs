using System.Diagnostics;

namespace Certctl.IntegrationTests.Hosting;

/// <summary>PostgreSQL and RabbitMQ of the tests; <c>make test</c> starts them and says where they are.</summary>
internal static class TestServices
{
    public static string Required(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
        ? value
        : throw new InvalidOperationException($"{variable} is not set: run the tests by make test.");

    public static Task StopAsync(string service) => RunAsync("stop-" + service);

    public static Task StartAsync(string service) => RunAsync("start-" + service);

    private static async Task RunAsync(string command)
    {
        var start = new ProcessStartInfo(Required("CERTCTL_TEST_SERVICES"), [command, "--state", Required("CERTCTL_TEST_STATE_DIR")]);
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync(patience.Token);
        Assert.True(process.ExitCode == 0, $"{start.FileName} {command}: exit code {process.ExitCode}");
    }
}
