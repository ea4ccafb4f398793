namespace Certctl.Chaos;

/// <summary>Waiting, always bounded, that Ctrl-C ends.</summary>
internal static class Pause
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    public static async Task ForAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        if (time < TimeSpan.FromMilliseconds(1)) return;
        using var timer = new PeriodicTimer(time);
        await timer.WaitForNextTickAsync(cancellationToken);
    }

    /// <summary>Looks again and again until it holds or the time is up.</summary>
    /// <returns>Whether it came to hold.</returns>
    public static async Task<bool> UntilAsync(Func<Task<bool>> holds, TimeSpan within, CancellationToken cancellationToken, TimeSpan? interval = null)
    {
        using var timer = new PeriodicTimer(interval ?? Interval);
        var started = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            if (TimeProvider.System.GetElapsedTime(started) > within) return false;
            await timer.WaitForNextTickAsync(cancellationToken);
        }

        return true;
    }

    /// <summary>Ticks until it is told to stop; a stop is no error.</summary>
    public static async Task<bool> TickAsync(PeriodicTimer timer, CancellationToken stop)
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
