using System.Collections.Concurrent;
using Certctl.Api.Agents;
using Certctl.Contracts;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Certctl.UnitTests.Api.Agents;

public sealed class HeartbeatCoalescerTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ConcurrentQueue<HeartbeatsReceived> sent = [];
    private readonly TaskCompletionSource never = new();
    private Func<CancellationToken, Task> confirm = _ => Task.CompletedTask;
    private readonly HeartbeatCoalescer coalescer;

    public HeartbeatCoalescerTests()
    {
        coalescer = new HeartbeatCoalescer(
            (message, cancellationToken) =>
            {
                sent.Enqueue(message);
                return confirm(cancellationToken);
            },
            time,
            NullLogger<HeartbeatCoalescer>.Instance);
    }

    [Fact]
    public async Task Heartbeats_that_arrive_together_share_a_message()
    {
        var waiting = Enumerable.Range(0, 200).Select(i => coalescer.AcceptAsync(Beat($"ag-{i}"))).ToArray();
        await coalescer.StartAsync(TestContext.Current.CancellationToken);

        var outcomes = await AdvanceUntilAsync(Task.WhenAll(waiting), HeartbeatCoalescer.Linger);

        Assert.All(outcomes, o => Assert.Equal(HeartbeatOutcome.Accepted, o));
        Assert.Equal(200, Assert.Single(sent).Heartbeats.Count);
    }

    [Fact]
    public async Task A_message_holds_no_more_than_its_limit()
    {
        var waiting = Enumerable.Range(0, HeartbeatCoalescer.MaxPerMessage + 1).Select(i => coalescer.AcceptAsync(Beat($"ag-{i}"))).ToArray();
        await coalescer.StartAsync(TestContext.Current.CancellationToken);

        await AdvanceUntilAsync(Task.WhenAll(waiting), HeartbeatCoalescer.Linger);

        Assert.Equal([HeartbeatCoalescer.MaxPerMessage, 1], sent.Select(m => m.Heartbeats.Count));
    }

    [Fact]
    public async Task A_broker_that_does_not_confirm_leaves_nobody_waiting()
    {
        confirm = cancellationToken => never.Task.WaitAsync(cancellationToken);
        await coalescer.StartAsync(TestContext.Current.CancellationToken);
        var first = coalescer.AcceptAsync(Beat("ag-1"));
        var second = coalescer.AcceptAsync(Beat("ag-2"));

        await AdvanceUntilAsync(Task.WhenAll(first, second), TimeSpan.FromMilliseconds(100));

        Assert.Equal(HeartbeatOutcome.Unconfirmed, await first);
        Assert.Equal(HeartbeatOutcome.Unconfirmed, await second);
        Assert.True(time.GetUtcNow() - time.Start < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_full_channel_refuses_at_once()
    {
        for (var i = 0; i < HeartbeatCoalescer.Capacity; i++) _ = coalescer.AcceptAsync(Beat("ag-1"));

        Assert.Equal(HeartbeatOutcome.Overloaded, await coalescer.AcceptAsync(Beat("ag-1")));
    }

    [Fact]
    public async Task An_idle_api_sends_an_empty_pulse()
    {
        var pulsed = new TaskCompletionSource();
        confirm = _ =>
        {
            pulsed.TrySetResult();
            return Task.CompletedTask;
        };
        await coalescer.StartAsync(TestContext.Current.CancellationToken);

        await AdvanceUntilAsync(pulsed.Task, HeartbeatCoalescer.PulseInterval);

        Assert.Empty(sent.First().Heartbeats);
    }

    public async ValueTask DisposeAsync()
    {
        await coalescer.StopAsync(CancellationToken.None);
        coalescer.Dispose();
    }

    private Heartbeat Beat(string id) => new(id, time.GetUtcNow(), 30, null);

    private async Task<T> AdvanceUntilAsync<T>(Task<T> done, TimeSpan step)
    {
        await AdvanceUntilAsync((Task)done, step);
        return await done;
    }

    private async Task AdvanceUntilAsync(Task done, TimeSpan step)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        var started = TimeProvider.System.GetTimestamp();
        while (!done.IsCompleted && TimeProvider.System.GetElapsedTime(started) < Deadline)
        {
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            time.Advance(step);
        }

        Assert.True(done.IsCompletedSuccessfully);
    }
}
