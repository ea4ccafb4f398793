using Certctl.Api.Agents;

namespace Certctl.UnitTests.Api.Agents;

public sealed class GcraTests
{
    private const long Second = TimeSpan.TicksPerSecond;
    private static readonly Gcra TenPerSecond = Gcra.PerSecond(10, burst: 20);

    [Fact]
    public void A_burst_is_taken_and_the_next_request_is_told_how_long_to_wait()
    {
        long arrival = 0;
        for (var i = 0; i < 20; i++) Assert.True(TenPerSecond.TryTake(ref arrival, 100 * Second, out _));

        Assert.False(TenPerSecond.TryTake(ref arrival, 100 * Second, out var wait));
        Assert.Equal(TimeSpan.FromMilliseconds(100), wait);
    }

    [Fact]
    public void Waiting_as_long_as_told_is_enough()
    {
        long arrival = 0;
        while (TenPerSecond.TryTake(ref arrival, 100 * Second, out _)) continue;
        TenPerSecond.TryTake(ref arrival, 100 * Second, out var wait);

        Assert.True(TenPerSecond.TryTake(ref arrival, 100 * Second + wait.Ticks, out _));
    }

    [Fact]
    public void The_sustained_rate_is_never_refused()
    {
        long arrival = 0;
        for (var i = 0; i < 1000; i++) Assert.True(TenPerSecond.TryTake(ref arrival, 100 * Second + i * Second / 10, out _));
    }

    [Fact]
    public void Requests_at_once_never_take_more_than_the_burst()
    {
        var arrival = new long[1];
        var taken = 0;
        Parallel.For(0, 1000, _ =>
        {
            if (TenPerSecond.TryTake(ref arrival[0], 100 * Second, out var wait) && wait == TimeSpan.Zero) Interlocked.Increment(ref taken);
        });

        Assert.Equal(20, taken);
    }
}
