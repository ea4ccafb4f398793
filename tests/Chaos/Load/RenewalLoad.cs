using System.Collections.Concurrent;
using System.Net;

namespace Certctl.Chaos.Load;

/// <summary>Single renewals at a fixed rate, each of the next certificate.</summary>
internal sealed class RenewalLoad(HttpClient http, Answers answers)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private static int next;

    private readonly ConcurrentQueue<(string Id, DateTimeOffset At)> accepted = [];

    /// <summary>Ids of the renewals that were answered 202, and when.</summary>
    public IReadOnlyCollection<(string Id, DateTimeOffset At)> Accepted => accepted;

    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval);
        var asked = new List<Task>();
        while (await Pause.TickAsync(timer, stop)) asked.Add(AskAsync(Seed.SingleCertificate(next++)));
        await Task.WhenAll(asked);
    }

    private async Task AskAsync(string certificate)
    {
        try
        {
            using var answer = await http.PostAsync(new Uri($"certificates/{certificate}/renew", UriKind.Relative), null, CancellationToken.None);
            // 409: its last renewal is still on its way.
            answers.Take("renew", answer.StatusCode, HttpStatusCode.Conflict);
            if (answer.StatusCode == HttpStatusCode.Accepted) accepted.Enqueue((answer.Headers.Location!.OriginalString.Split('/')[^1], TimeProvider.System.GetUtcNow()));
        }
        catch (Exception e) when (Answers.IsLost(e))
        {
            // Not known whether it was accepted; the books look at every renewal that exists.
        }
    }
}
