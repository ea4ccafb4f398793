using System.Net;

namespace Certctl.Chaos.Load;

/// <summary>Heartbeats at a fixed rate, the agents taking turns, however slow the answers are.</summary>
internal sealed class HeartbeatLoad(HttpClient http, int agents, int perSecond, Answers answers)
{
    private const int TicksPerSecond = 50;

    /// <summary>Requests in flight at once; further ones are not sent, as if these agents had given up.</summary>
    private const int MostInFlight = 300;

    private readonly DateTimeOffset[] last = new DateTimeOffset[agents];
    private int inFlight;
    private long sent, accepted;

    /// <summary>Heartbeats that were answered 202.</summary>
    public long Accepted => Interlocked.Read(ref accepted);

    /// <summary>Heartbeats that were sent.</summary>
    public long Sent => Interlocked.Read(ref sent);

    /// <summary>For each agent that was ever answered 202: when it sent the last heartbeat that was.</summary>
    public IEnumerable<(string Agent, DateTimeOffset SentAt)> Last =>
        Enumerable.Range(0, agents).Where(n => last[n] != default).Select(n => (Seed.Agent(n), last[n]));

    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / TicksPerSecond));
        var n = 0;
        while (await Pause.TickAsync(timer, stop))
            for (var i = 0; i < perSecond / TicksPerSecond && Volatile.Read(ref inFlight) < MostInFlight; i++) _ = BeatAsync(n++ % agents);
        await Pause.UntilAsync(() => Task.FromResult(Volatile.Read(ref inFlight) == 0), TimeSpan.FromSeconds(30), CancellationToken.None);
    }

    private async Task BeatAsync(int agent)
    {
        Interlocked.Increment(ref inFlight);
        Interlocked.Increment(ref sent);
        try
        {
            var sentAt = TimeProvider.System.GetUtcNow();
            using var answer = await http.PostAsync(new Uri($"agents/{Seed.Agent(agent)}/heartbeat", UriKind.Relative), null, CancellationToken.None);
            answers.Take("heartbeat", answer.StatusCode);
            if (answer.StatusCode != HttpStatusCode.Accepted) return;
            Interlocked.Increment(ref accepted);
            if (sentAt > last[agent]) last[agent] = sentAt;
        }
        catch (Exception e) when (Answers.IsLost(e))
        {
            // No answer is no promise.
        }
        finally
        {
            Interlocked.Decrement(ref inFlight);
        }
    }
}
