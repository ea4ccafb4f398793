using Certctl.Chaos.Fleet;

namespace Certctl.Chaos.Books;

/// <summary>Every queue is empty. Error queues hold the poison that was sent and nothing else; they are emptied for the next round.</summary>
internal sealed class QueueBook : IBook
{
    private const string Error = "_error";

    /// <summary>An idle API sends a pulse every few seconds, which its batch holds for a moment: one may always be in hand.</summary>
    private const string Pulses = "store-heartbeats";

    /// <summary>RabbitMQ tells its counts every few seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task<IReadOnlyList<string>> FindingsAsync(Entries entries, CancellationToken cancellationToken)
    {
        List<string> findings = [];
        await Pause.UntilAsync(async () =>
        {
            try
            {
                var queues = await entries.Broker.QueuesAsync(cancellationToken);
                findings = [.. queues.Where(q => q.Waiting != Expected(entries, q.Name) || q.InHand > (q.Name == Pulses ? 1 : 0)).Select(q =>
                    $"queue {q.Name} has {q.Waiting} messages ({Expected(entries, q.Name)} are explained) and {q.InHand} in hand")];
            }
            catch (HttpRequestException e)
            {
                findings = [$"RabbitMQ does not tell its queues: {e.Message}"];
            }

            return findings.Count == 0;
        }, Patience, cancellationToken, TimeSpan.FromSeconds(1));
        foreach (var queue in await entries.Broker.QueuesAsync(cancellationToken))
            if (queue.Waiting > 0 && queue.Name.EndsWith(Error, StringComparison.Ordinal)) await entries.Broker.PurgeAsync(queue.Name, cancellationToken);
        return findings;
    }

    private static long Expected(Entries entries, string queue) =>
        queue.EndsWith(Error, StringComparison.Ordinal) ? entries.Poison.SentTo(queue[..^Error.Length]) : 0;
}
