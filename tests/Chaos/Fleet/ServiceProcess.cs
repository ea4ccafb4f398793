using System.Diagnostics;
using Certctl.Chaos.Proxy;

namespace Certctl.Chaos.Fleet;

/// <summary>One process of the fleet, with a proxy of its own before PostgreSQL and one before RabbitMQ.</summary>
internal sealed class ServiceProcess(Service service, Instance instance) : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    private Process? process;
    private bool mayEnd;

    public Service Service => service;

    public TcpProxy Database { get; } = new(instance.Database.Port);

    public TcpProxy Broker { get; } = new(instance.Broker.Port);

    /// <summary>Whether it ended although nobody ended it.</summary>
    public bool Died => process is { HasExited: true } && !mayEnd;

    /// <summary>Starts it unless it runs.</summary>
    public void Start()
    {
        if (process is { HasExited: false }) return;
        // The shell becomes the service, so that the id is the service's and the log outlives this process's pipes.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" >>\"$1\" 2>&1", instance.BinaryOf(service), instance.LogOf(service)]);
        foreach (var (name, value) in instance.Settings(Database.Port, Broker.Port)) start.Environment[name] = value;
        process?.Dispose();
        mayEnd = false;
        process = Process.Start(start)!;
    }

    /// <summary>Runs a command of its program beside it, past the proxies.</summary>
    /// <returns>Its exit code, and what it said last.</returns>
    public async Task<(int Status, string Said)> RunAsync(string[] command, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(instance.BinaryOf(service), command) { RedirectStandardOutput = true };
        foreach (var (name, value) in instance.Settings(instance.Database.Port, instance.Broker.Port)) start.Environment[name] = value;
        using var running = Process.Start(start)!;
        await using var whenGivenUp = cancellationToken.Register(running.Kill);
        var output = await running.StandardOutput.ReadToEndAsync(cancellationToken);
        await running.WaitForExitAsync(cancellationToken);
        return (running.ExitCode, output.TrimEnd().Split('\n')[^1]);
    }

    /// <summary>As the kernel kills: nothing is finished, nothing is said.</summary>
    public async Task KillAsync()
    {
        mayEnd = true;
        process!.Kill();
        await process.WaitForExitAsync();
    }

    public Task PauseAsync() => Signals.SendAsync("STOP", process!.Id);

    public Task ResumeAsync() => Signals.SendAsync("CONT", process!.Id);

    /// <summary>Asks it to end, and kills it when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            mayEnd = true;
            await ResumeAsync();
            await Signals.SendAsync("TERM", process.Id);
            using var patience = new CancellationTokenSource(StopPatience);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
            }
        }

        process?.Dispose();
        await Database.DisposeAsync();
        await Broker.DisposeAsync();
    }
}
