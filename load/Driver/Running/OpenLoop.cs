using Certctl.Load.Measuring;
using HdrHistogram;

namespace Certctl.Load.Running;

/// <summary>
/// Arrivals at a rate, whatever becomes of those before. Each latency begins when the request was meant to be sent, so that a
/// stall of the server, or of this driver, lengthens everything that was meant to happen meanwhile. What cannot be sent because
/// too much is in flight is a failure.
/// </summary>
/// <param name="rate">Arrivals a second.</param>
/// <param name="maxInFlight">How many may be under way at once.</param>
internal sealed class OpenLoop(Meter meter, double rate, int maxInFlight, TimeSpan warmUp, TimeSpan duration, TimeProvider time)
{
    /// <summary>How long what is in flight may take to end. Longer than a request may.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private static readonly long Longest = (long)TimeSpan.FromMinutes(10).TotalMicroseconds;

    private readonly LongConcurrentHistogram lag = new(1, Longest, 3);
    private int inFlight;

    /// <summary>How late requests were sent, in milliseconds.</summary>
    public double LagP99Ms => lag.TotalCount == 0 ? 0 : lag.GetValueAtPercentile(99) / 1000.0;

    /// <param name="stepOf">Under which step the arrival of a number is recorded.</param>
    /// <param name="send">Gets the arrival's number. What it throws is a failure.</param>
    /// <returns>From the first measured arrival to the end of the last request.</returns>
    public async Task<TimeSpan> RunAsync(Func<long, string> stepOf, Func<long, CancellationToken, Task> send)
    {
        using var abort = new CancellationTokenSource();
        var started = time.GetTimestamp();
        var (warm, all) = ((long)(rate * warmUp.TotalSeconds), (long)Math.Ceiling(rate * (warmUp + duration).TotalSeconds));
        for (var number = 0L; number < all; number++)
        {
            var due = TimeSpan.FromSeconds(number / rate);
            while (due - time.GetElapsedTime(started) is { Ticks: > 0 } early) await Task.Delay(early > Tick ? early : Tick, time, CancellationToken.None);
            if (number == warm) meter.Open();
            if (Interlocked.Increment(ref inFlight) > maxInFlight)
            {
                Interlocked.Decrement(ref inFlight);
                meter.Fail(stepOf(number), Failure.Error, $"not sent in time: {maxInFlight} were in flight");
                continue;
            }

            var (n, intended) = (number, started + (long)(due.TotalSeconds * time.TimestampFrequency));
            _ = Task.Run(() => SendAsync(stepOf(n), intended, n >= warm, token => send(n, token), abort.Token), CancellationToken.None);
        }

        await EndAsync(started, abort);
        return meter.Close();
    }

    private async Task SendAsync(string step, long intended, bool measured, Func<CancellationToken, Task> send, CancellationToken abort)
    {
        try
        {
            if (measured) lag.RecordValue(Math.Clamp((long)time.GetElapsedTime(intended).TotalMicroseconds, 1, Longest));
            await send(abort);
            meter.Record(step, time.GetElapsedTime(intended), measured);
        }
        catch (Exception e)
        {
            meter.Fail(step, e);
        }
        finally
        {
            Interlocked.Decrement(ref inFlight);
        }
    }

    /// <summary>The window lasts until its last arrival was due, and then until everything has ended.</summary>
    private async Task EndAsync(long started, CancellationTokenSource abort)
    {
        while (warmUp + duration - time.GetElapsedTime(started) is { Ticks: > 0 } rest) await Task.Delay(rest > Tick ? rest : Tick, time, CancellationToken.None);
        abort.CancelAfter(Grace);
        while (Volatile.Read(ref inFlight) > 0) await Task.Delay(Tick, time, CancellationToken.None);
    }
}
