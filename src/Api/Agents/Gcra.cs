namespace Certctl.Api.Agents;

/// <summary>The generic cell rate algorithm (ITU-T I.371) on one 64-bit number, without a lock.</summary>
/// <param name="Interval">Ticks between two requests at the sustained rate.</param>
/// <param name="Tolerance">Ticks by which a burst may run ahead of it.</param>
internal readonly record struct Gcra(long Interval, long Tolerance)
{
    /// <summary>A limit of so many requests per second, and so many at once.</summary>
    public static Gcra PerSecond(double rate, int burst)
    {
        var interval = (long)(TimeSpan.TicksPerSecond / rate);
        return new(interval, interval * (burst - 1));
    }

    /// <summary>Takes one request at this instant, or says how long to wait for it.</summary>
    /// <param name="arrival">Theoretical arrival time of the next request, in ticks; 0 at first. Shared between threads.</param>
    /// <param name="now">In ticks.</param>
    /// <param name="retryAfter">Zero when taken.</param>
    public bool TryTake(ref long arrival, long now, out TimeSpan retryAfter)
    {
        while (true)
        {
            var seen = Volatile.Read(ref arrival);
            var due = Math.Max(seen, now);
            if (due - now > Tolerance)
            {
                retryAfter = TimeSpan.FromTicks(due - now - Tolerance);
                return false;
            }

            if (Interlocked.CompareExchange(ref arrival, due + Interval, seen) != seen) continue;
            retryAfter = TimeSpan.Zero;
            return true;
        }
    }
}
