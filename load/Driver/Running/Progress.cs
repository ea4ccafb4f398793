using System.Globalization;
using Certctl.Load.Measuring;

namespace Certctl.Load.Running;

/// <summary>Looks at a meter while it runs: the intervals of its series, and a line every few seconds on standard error.</summary>
internal static class Progress
{
    private const int LineEvery = 5;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static async Task<TimeSpan> DuringAsync(Meter meter, TimeProvider time, Func<Task<TimeSpan>> run)
    {
        using var stop = new CancellationTokenSource();
        var showing = ShowAsync(meter, time, stop.Token);
        try
        {
            return await run();
        }
        finally
        {
            await stop.CancelAsync();
            await showing;
        }
    }

    private static async Task ShowAsync(Meter meter, TimeProvider time, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Second, time);
        var (started, last, before) = (time.GetTimestamp(), time.GetTimestamp(), 0L);
        for (var second = 1; await WaitAsync(timer, stop); second++)
        {
            meter.Tick(Second / 2);
            if (second % LineEvery != 0) continue;
            var (now, finished) = (time.GetTimestamp(), meter.Finished);
            var rate = (finished - before) / time.GetElapsedTime(last, now).TotalSeconds;
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{time.GetElapsedTime(started, now).TotalSeconds,5:F0} s  {finished,8} done  {rate,8:F1}/s  {meter.Failures} failed{(meter.IsOpen ? "" : "  (not measured)")}"));
            (last, before) = (now, finished);
        }
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken stop)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
