using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Certctl.IntegrationTests.Hosting;

/// <summary>One of the product's processes as an operator starts it: by environment variables, ended by signals, heard by its output.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private readonly StringBuilder output = new();
    private readonly Process process;
    private bool isAwaited;

    /// <param name="service">AllInOne, Api, AcmeService, RenewalWorker or HeartbeatIngest.</param>
    public ServiceProcess(string service, IEnumerable<KeyValuePair<string, string>> settings)
    {
        Name = service;
        // The tests' own runtime settings stand beside the tests; the product's beside the product.
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "src", service, "bin", "Release", "net10.0", "Certctl." + service))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings) start.Environment[name] = value;
        process = Process.Start(start)!;
        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Name { get; }

    /// <summary>Whether it has ended though nobody waited for that.</summary>
    public bool HasDied => process.HasExited && !isAwaited;

    /// <summary>Everything said so far, both streams in one.</summary>
    public string Output
    {
        get
        {
            lock (output) return output.ToString();
        }
    }

    public Task Says(string text, TimeSpan? within = null) =>
        Eventually.Becomes(() => Task.FromResult(Output), o => o.Contains(text, StringComparison.Ordinal), $"{Name} says {text}", within);

    /// <summary>SIGTERM, as systemd and containers end a process.</summary>
    /// <returns>The exit code and how long it took.</returns>
    public async Task<(int ExitCode, TimeSpan Took)> TerminateAsync(TimeSpan patience)
    {
        var clock = Stopwatch.StartNew();
        using (var kill = Process.Start("kill", ["-s", "TERM", process.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        return (await ExitAsync(patience), clock.Elapsed);
    }

    /// <summary>Waits for its end, and for the last of its output.</summary>
    public async Task<int> ExitAsync(TimeSpan patience)
    {
        isAwaited = true;
        using var end = new CancellationTokenSource(patience);
        try
        {
            await process.WaitForExitAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{Name} has not ended within {patience}: {Output}");
        }

        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private void Hear(object sender, DataReceivedEventArgs heard)
    {
        lock (output) output.AppendLine(heard.Data);
    }
}
