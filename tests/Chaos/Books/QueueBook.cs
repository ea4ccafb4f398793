using Certctl.Chaos.Faults;
using Certctl.Chaos.Fleet;

namespace Certctl.Chaos.Books;

/// <summary>Every queue is empty, error queues included, and the dead letters are the poison that was sent, all of it, and nothing else.</summary>
internal sealed class QueueBook : IBook
{
    /// <summary>An idle API sends a pulse every few seconds, which its batch holds for a moment: one may always be in hand.</summary>
    private const string Pulses = "store-heartbeats";

    /// <summary>RabbitMQ tells its counts every few seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task<IReadOnlyList<string>> FindingsAsync(Entries entries, CancellationToken cancellationToken)
    {
        var unexplained = new List<string>();
        List<string> findings = [];
        await Pause.UntilAsync(async () =>
        {
            try
            {
                var queues = await entries.Broker.QueuesAsync(cancellationToken);
                findings = [.. queues.Where(q => !IsEmpty(q)).Select(q => $"queue {q.Name} has {q.Waiting} messages and {q.InHand} in hand")];
                unexplained.AddRange(await UnexplainedAsync(entries, cancellationToken));
                findings.AddRange(entries.Poison.Missing.Select(queue => $"poison sent to {queue} is no dead letter"));
            }
            catch (HttpRequestException e)
            {
                findings = [$"RabbitMQ does not tell its queues: {e.Message}"];
            }

            return findings.Count == 0;
        }, Patience, cancellationToken, TimeSpan.FromSeconds(1));
        return [.. findings, .. unexplained];
    }

    private static bool IsEmpty(QueueState queue) => queue.Waiting == 0 && queue.InHand <= (queue.Name == Pulses ? 1 : 0);

    /// <summary>Takes the dead letters away, so that the next round's are its own.</summary>
    private static async Task<IEnumerable<string>> UnexplainedAsync(Entries entries, CancellationToken cancellationToken)
    {
        var found = await entries.Database.RowsAsync(
            "DELETE FROM dead_letters RETURNING queue, body, reason",
            row => (Queue: row.GetString(0), Payload: Convert.ToBase64String(row.GetFieldValue<byte[]>(1)), Reason: row.GetString(2)), cancellationToken);
        return found.Where(f => !entries.Poison.Found(f.Queue, f.Payload)).Select(f => $"a dead letter of {f.Queue} that nobody explains: {f.Reason}");
    }
}
