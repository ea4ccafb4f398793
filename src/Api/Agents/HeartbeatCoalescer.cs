using System.Threading.Channels;
using Certctl.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Certctl.Api.Agents;

/// <summary>Sends one message to the broker and returns once it is confirmed.</summary>
internal delegate Task SendHeartbeats(HeartbeatsReceived message, CancellationToken cancellationToken);

internal enum HeartbeatOutcome
{
    /// <summary>The broker has confirmed the message that holds it.</summary>
    Accepted,

    /// <summary>Too many wait already.</summary>
    Overloaded,

    /// <summary>The broker did not confirm in time; the heartbeat may or may not arrive.</summary>
    Unconfirmed,
}

/// <summary>Gathers heartbeats into few messages: a confirmed message for each would cost more than the write it saves.
/// Every heartbeat waits for the confirm of its own message.</summary>
internal sealed class HeartbeatCoalescer(SendHeartbeats send, TimeProvider time, ILogger<HeartbeatCoalescer> logger) : BackgroundService
{
    public const int MaxPerMessage = 500;
    public const int Capacity = 8192;
    public static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(2);

    /// <summary>From a heartbeat's arrival; agents are answered within five seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>An idle API still shows that intake works: offline detection measures silence on these messages.</summary>
    public static readonly TimeSpan PulseInterval = TimeSpan.FromSeconds(5);

    private const int Lanes = 2;

    private readonly Channel<Waiting> waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly SemaphoreSlim lanes = new(Lanes);
    private long lastSent = time.GetTimestamp();

    private readonly record struct Waiting(Heartbeat Heartbeat, TaskCompletionSource<HeartbeatOutcome> Outcome);

    /// <summary>Completes when the fate of the heartbeat's message is known; never throws.</summary>
    public Task<HeartbeatOutcome> AcceptAsync(Heartbeat heartbeat)
    {
        var outcome = new TaskCompletionSource<HeartbeatOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        return waiting.Writer.TryWrite(new Waiting(heartbeat, outcome)) ? outcome.Task : Overloaded;
    }

    private static readonly Task<HeartbeatOutcome> Overloaded = Task.FromResult(HeartbeatOutcome.Overloaded);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(GatherAsync(stoppingToken), PulseAsync(stoppingToken));

    private async Task GatherAsync(CancellationToken stopping)
    {
        while (await waiting.Reader.WaitToReadAsync(stopping))
        {
            // While all lanes are busy the next message grows by itself.
            await lanes.WaitAsync(stopping);
            if (waiting.Reader.Count < MaxPerMessage) await Task.Delay(Linger, time, stopping);
            _ = SendAndReleaseAsync(Take());
        }
    }

    private Waiting[] Take()
    {
        var taken = new Waiting[Math.Min(waiting.Reader.Count, MaxPerMessage)];
        var count = 0;
        while (count < taken.Length && waiting.Reader.TryRead(out var next)) taken[count++] = next;
        return taken;
    }

    private async Task SendAndReleaseAsync(Waiting[] taken)
    {
        try
        {
            var heartbeats = Array.ConvertAll(taken, w => w.Heartbeat);
            var outcome = await SendAsync(heartbeats, heartbeats[0].ReceivedAt + Patience - time.GetUtcNow())
                ? HeartbeatOutcome.Accepted
                : HeartbeatOutcome.Unconfirmed;
            HeartbeatMetrics.Coalesced.Record(taken.Length);
            foreach (var one in taken) one.Outcome.TrySetResult(outcome);
        }
        finally
        {
            lanes.Release();
        }
    }

    private async Task PulseAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(PulseInterval, time);
        while (await timer.WaitForNextTickAsync(stopping))
            if (time.GetElapsedTime(Volatile.Read(ref lastSent)) >= PulseInterval / 2) await SendAsync([], Patience);
    }

    private async Task<bool> SendAsync(Heartbeat[] heartbeats, TimeSpan patience)
    {
        if (patience <= TimeSpan.Zero) return false;
        using var bounded = new CancellationTokenSource(patience, time);
        try
        {
            await send(new HeartbeatsReceived(time.GetUtcNow(), heartbeats), bounded.Token);
            Volatile.Write(ref lastSent, time.GetTimestamp());
            return true;
        }
        catch (Exception e)
        {
            logger.LogWarning("{Heartbeats} heartbeats were not confirmed: {Reason}", heartbeats.Length, e.Message);
            return false;
        }
    }

    public override void Dispose()
    {
        lanes.Dispose();
        base.Dispose();
    }
}
