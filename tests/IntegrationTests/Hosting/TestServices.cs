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

    /// <summary>RabbitMQ's own command line, on the private node.</summary>
    public static Task RabbitMqCtlAsync(params string[] arguments) => RunAsync("rabbitmqctl", arguments);

    private static async Task RunAsync(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(Required("CERTCTL_TEST_SERVICES"), [command, "--state", Required("CERTCTL_TEST_STATE_DIR"), .. arguments]);
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync(patience.Token);
        Assert.True(process.ExitCode == 0, $"{start.FileName} {command}: exit code {process.ExitCode}");
    }
}
