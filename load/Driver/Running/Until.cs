namespace Certctl.Load.Running;

/// <summary>Looks again and again, with a deadline.</summary>
internal static class Until
{
    /// <returns>The last thing seen, whether it was what was waited for or the time was over.</returns>
    public static async Task<T> SeenAsync<T>(Func<Task<T>> look, Func<T, bool> enough, TimeSpan patience, TimeSpan every, TimeProvider time)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (enough(seen) || time.GetElapsedTime(started) >= patience) return seen;
            await Task.Delay(every, time, CancellationToken.None);
        }
    }
}
