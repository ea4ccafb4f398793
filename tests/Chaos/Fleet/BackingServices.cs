using System.Diagnostics;
using System.Globalization;

namespace Certctl.Chaos.Fleet;

/// <summary>The run's own PostgreSQL and RabbitMQ, started and stopped by compose/services.sh, killed and paused by their ids.</summary>
internal sealed class BackingServices(string script, string state)
{
    public const string Database = "postgres";
    public const string Broker = "rabbitmq";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public Task StartAsync(string name) => RunAsync("start-" + name);

    /// <summary>Cleanly, as an operator's restart does.</summary>
    public Task StopAsync(string name) => RunAsync("stop-" + name);

    /// <summary>As the kernel kills: every process of it, at once.</summary>
    public async Task KillAsync(string name)
    {
        await PauseAsync(name);
        var ids = await IdsAsync(name);
        await Signals.SendAsync("KILL", ids);
        // Until init has buried them their ids look alive to the next start.
        await Pause.UntilAsync(() => Task.FromResult(!ids.Any(id => Directory.Exists($"/proc/{id}"))), TimeSpan.FromSeconds(30), CancellationToken.None);
    }

    public async Task PauseAsync(string name)
    {
        // Twice: a child that came between the question and the stop of its parent is among those of the second.
        await Signals.SendAsync("STOP", await IdsAsync(name));
        await Signals.SendAsync("STOP", await IdsAsync(name));
    }

    public async Task ResumeAsync(string name) => await Signals.SendAsync("CONT", (await IdsAsync(name)).Reverse());

    /// <summary>RabbitMQ's own command line, on the run's node.</summary>
    public Task<string> RabbitMqCtlAsync(params string[] arguments) => RunAsync("rabbitmqctl", arguments);

    public async Task<Uri> UrlAsync(string name) => new((await RunAsync(name + "-url")).Trim());

    private async Task<IReadOnlyList<int>> IdsAsync(string name)
    {
        var main = await MainAsync(name);
        return main == 0 ? [] : [main, .. await Signals.ChildrenAsync(main)];
    }

    private async Task<int> MainAsync(string name) => int.Parse(await RunAsync(name + "-pid"), CultureInfo.InvariantCulture);

    private async Task<string> RunAsync(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(script, [command, "--state", state, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{script} {command}: exit code {process.ExitCode}: {await errors}{await output}");
    }
}
