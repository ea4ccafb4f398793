using System.Collections.Concurrent;
using System.Net;
using Certctl.Rfc8555;

namespace Certctl.Chaos.Load;

/// <summary>ACME clients that order one certificate after the other, signed, and come back to what an outage interrupted.</summary>
internal sealed class OrderLoad(IReadOnlyList<AcmeClient> clients, Answers answers)
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static int names;

    private readonly ConcurrentQueue<OrderInHand> accepted = [];

    /// <summary>Orders that were answered 201.</summary>
    public IReadOnlyCollection<OrderInHand> Accepted => accepted;

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(clients.Select(client => OrderAsync(client, stop)));

    /// <summary>Every client comes back to its orders until each has ended or the time is over.</summary>
    public async Task FinishAsync(TimeSpan within, CancellationToken cancellationToken) =>
        await Pause.UntilAsync(async () =>
        {
            foreach (var order in accepted.Where(o => !o.HasEnded)) await TryAsync(() => order.StepAsync(answers));
            return accepted.All(o => o.HasEnded);
        }, within, cancellationToken);

    private async Task OrderAsync(AcmeClient client, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Between);
        while (await Pause.TickAsync(timer, stop))
        {
            OrderInHand? order = null;
            await TryAsync(async () =>
            {
                var name = $"chaos-{Interlocked.Increment(ref names)}.example.test";
                var answer = await client.NewOrderAsync([name]);
                answers.Take("new-order", answer.Status);
                if (answer.Status != HttpStatusCode.Created) return false;
                accepted.Enqueue(order = new OrderInHand(client, answer, name));
                return true;
            });
            if (order is not null) await Pause.UntilAsync(() => TryAsync(() => order.StepAsync(answers)), Patience, CancellationToken.None);
        }
    }

    /// <summary>False when the client does not know what became of its request.</summary>
    private static async Task<bool> TryAsync(Func<Task<bool>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (Answers.IsLost(e) || e is AcmeException { Response.Status: HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests })
        {
            return false;
        }
    }
}
