using Certctl.Load.Measuring;

namespace Certctl.Load.Running;

/// <summary>Looks again and again, with a deadline. A look that fails is one that saw nothing, until the deadline.</summary>
internal static class Until
{
    /// <returns>The last thing seen, whether it was what was waited for or the time was over.</returns>
    public static async Task<T> SeenAsync<T>(Func<Task<T>> look, Func<T, bool> enough, TimeSpan patience, TimeSpan every, TimeProvider time)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                var seen = await look();
                if (enough(seen) || time.GetElapsedTime(started) >= patience) return seen;
            }
            catch (Exception e) when (MayPass(e) && time.GetElapsedTime(started) < patience)
            {
                // The server is busy, or on its way back.
            }

            await Task.Delay(every, time, CancellationToken.None);
        }
    }

    private static bool MayPass(Exception e) =>
        e is HttpRequestException or OperationCanceledException or FailedException { Kind: Failure.ServerError };
}
