using System.Diagnostics;
using System.Globalization;
using System.Text;
using Certctl.Load.Http;

namespace Certctl.Bench;

/// <summary>The API and the ingest in a process of their own, while it runs.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    /// <summary>A million agents are seeded first.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process process;

    private HostProcess(Process process) => this.process = process;

    public int Id => process.Id;

    /// <param name="agents">How many there are at least.</param>
    /// <exception cref="InvalidOperationException">It ended.</exception>
    /// <exception cref="TimeoutException">It is not ready in time.</exception>
    public static async Task<HostProcess> StartAsync(BenchSettings settings, int agents)
    {
        // It writes its root once its database is ready.
        File.Delete(settings.CaFile);
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["serve"]) { RedirectStandardOutput = true };
        start.Environment["CERTCTL_LOG_LEVEL"] = "warn";
        start.Environment[BenchSeed.AgentsVariable] = agents.ToString(CultureInfo.InvariantCulture);
        var host = new HostProcess(Process.Start(start)!);
        host.process.OutputDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
        host.process.BeginOutputReadLine();
        try
        {
            await host.ReadyAsync(settings);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
            process.WaitForExit(TimeSpan.FromSeconds(30));
        }

        process.Dispose();
    }

    private async Task ReadyAsync(BenchSettings settings)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!File.Exists(settings.CaFile)) await LookAgainAsync(started);
        using var client = new LoadClient(settings.BaseUrl, token: null, settings.CaFile);
        while (!await IsReadyAsync(client)) await LookAgainAsync(started);
    }

    private async Task LookAgainAsync(long started)
    {
        if (process.HasExited) throw new InvalidOperationException($"The host ended with {process.ExitCode}.");
        if (TimeProvider.System.GetElapsedTime(started) > Patience) throw new TimeoutException($"The host is not ready after {Patience.TotalSeconds} s.");
        await Task.Delay(TimeSpan.FromMilliseconds(300));
    }

    private static async Task<bool> IsReadyAsync(LoadClient client)
    {
        try
        {
            return Encoding.UTF8.GetString((await client.GetAsync("/health/ready")).Body).Contains("\"status\":\"ready\"", StringComparison.Ordinal);
        }
        catch (HttpRequestException)
        {
            return false; // Not up yet.
        }
    }
}
