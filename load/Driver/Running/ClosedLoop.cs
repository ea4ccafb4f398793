using Certctl.Load.Measuring;

namespace Certctl.Load.Running;

/// <summary>
/// A fixed number of clients, each starting its next flow when the last one ended. It compares rates of servers; it says
/// little of latency at a given arrival rate, because a slow server slows its own load down.
/// </summary>
/// <param name="step">The step that a flow fails under.</param>
internal sealed class ClosedLoop(Meter meter, string step, int clients, TimeSpan warmUp, TimeSpan duration, TimeProvider time)
{
    /// <summary>Keeps a server that refuses everything from being hammered.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(100);

    /// <summary>How long flows in flight may take to end after the window.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <param name="flow">Gets the client's index. What it throws is a failed flow.</param>
    /// <returns>How long the window was open.</returns>
    public async Task<TimeSpan> RunAsync(Func<int, CancellationToken, Task> flow)
    {
        using var stop = new CancellationTokenSource();
        using var abort = new CancellationTokenSource();
        var running = Task.WhenAll(Enumerable.Range(0, clients).Select(i => Task.Run(() => ClientAsync(i, flow, stop.Token, abort.Token))));
        await Task.Delay(warmUp, time);
        meter.Open();
        await Task.Delay(duration, time);
        var window = meter.Close();
        await stop.CancelAsync();
        abort.CancelAfter(Grace);
        await running;
        return window;
    }

    private async Task ClientAsync(int index, Func<int, CancellationToken, Task> flow, CancellationToken stop, CancellationToken abort)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await flow(index, abort);
            }
            catch (Exception) when (abort.IsCancellationRequested)
            {
                meter.Fail(step, Failure.Error, "did not end within the grace after the window");
            }
            catch (Exception e)
            {
                meter.Fail(step, e);
                await Task.Delay(AfterFailure, time, CancellationToken.None);
            }
        }
    }
}
