using Certctl.Chaos.Faults;
using Certctl.Chaos.Fleet;

namespace Certctl.Chaos.Books;

/// <summary>Every queue is empty. Error queues held the poison that was sent, all of it, and nothing else.</summary>
internal sealed class QueueBook : IBook
{
    private const string Error = "_error";
    private const int AtOnce = 100;

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
                findings = [.. queues.Where(q => !IsError(q) && !IsEmpty(q)).Select(q => $"queue {q.Name} has {q.Waiting} messages and {q.InHand} in hand")];
                foreach (var queue in queues.Where(IsError)) await EmptyAsync(queue.Name, entries, unexplained, cancellationToken);
                findings.AddRange(entries.Poison.Missing.Select(queue => $"poison sent to {queue} is in no error queue"));
            }
            catch (HttpRequestException e)
            {
                findings = [$"RabbitMQ does not tell its queues: {e.Message}"];
            }

            return findings.Count == 0;
        }, Patience, cancellationToken, TimeSpan.FromSeconds(1));
        return [.. findings, .. unexplained];
    }

    private static bool IsError(QueueState queue) => queue.Name.EndsWith(Error, StringComparison.Ordinal);

    private static bool IsEmpty(QueueState queue) => queue.Waiting == 0 && queue.InHand <= (queue.Name == Pulses ? 1 : 0);

    private static async Task EmptyAsync(string queue, Entries entries, List<string> unexplained, CancellationToken cancellationToken)
    {
        foreach (var message in await entries.Broker.TakeAsync(queue, AtOnce, cancellationToken))
            if (!entries.Poison.Found(queue[..^Error.Length], message.Payload)) unexplained.Add($"queue {queue} has a message that nobody explains: {message.Reason}");
    }
}
