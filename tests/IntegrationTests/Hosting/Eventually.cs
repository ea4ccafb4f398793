using System.Diagnostics;

namespace Certctl.IntegrationTests.Hosting;

/// <summary>Looks again and again until something holds or its time is up.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Reads until the value is as it should be, and gives it back.</summary>
    public static async Task<T> Becomes<T>(Func<Task<T>> read, Predicate<T> holds, string what, TimeSpan? within = null)
    {
        using var timer = new PeriodicTimer(Interval);
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var value = await read();
            if (holds(value)) return value;
            Assert.True(waited.Elapsed < (within ?? Patience), $"not within {within ?? Patience}: {what}. Last seen: {value}");
            await timer.WaitForNextTickAsync();
        }
    }

    public static Task Holds(Func<Task<bool>> condition, string what, TimeSpan? within = null) =>
        Becomes(condition, value => value, what, within);
}
