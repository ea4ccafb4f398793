using System.Globalization;
using Certctl.Load.Measuring;

namespace Certctl.Load.Running;

/// <summary>A line every few seconds, on standard error.</summary>
internal static class Progress
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    public static async Task ShowAsync(Meter meter, TimeSpan warmUp, TimeProvider time, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Every, time);
        var (started, last, before) = (time.GetTimestamp(), time.GetTimestamp(), 0L);
        while (await WaitAsync(timer, stop))
        {
            var (now, finished) = (time.GetTimestamp(), meter.Finished);
            var rate = (finished - before) / time.GetElapsedTime(last, now).TotalSeconds;
            var elapsed = time.GetElapsedTime(started, now);
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{elapsed.TotalSeconds,5:F0} s  {finished,8} flows  {rate,8:F1}/s  {meter.Failures} failed{(elapsed < warmUp ? "  (warming up)" : "")}"));
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
