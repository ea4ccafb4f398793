using Certctl.Chaos.Fleet;

namespace Certctl.Chaos.Faults;

/// <summary>Messages that wait are delivered twice and in another order, as redeliveries of a torn cluster would be.</summary>
internal sealed class DuplicateMessages : IFault
{
    private const int AtMost = 100;

    /// <summary>RabbitMQ sees within this that a connection is gone.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly (Service Consumer, string Queue)[] Queues =
        [(Service.RenewalWorker, "renew-certificates"), (Service.RenewalWorker, "renew-certificate"), (Service.HeartbeatIngest, "store-heartbeats")];

    public string Name => "duplicate-messages";

    public string Target => BackingServices.Broker;

    public async Task<bool> InjectAsync(Scene scene, Random random, CancellationToken cancellationToken)
    {
        ServiceProcess[] consumers = [.. Queues.Select(q => q.Consumer).Distinct().Select(c => scene.Fleet[c])];
        var hit = false;
        // While their consumers stand still, messages gather, most of them in the consumers' sockets: without these they are in the queue again.
        foreach (var consumer in consumers) await consumer.PauseAsync();
        try
        {
            await Pause.ForAsync(random.Between(1, 2), cancellationToken);
            foreach (var consumer in consumers) consumer.Broker.Cut();
            foreach (var (_, queue) in Queues)
            {
                IReadOnlyList<QueuedMessage> taken = [];
                await Pause.UntilAsync(
                    async () => (taken = await scene.Broker.TakeAsync(queue, AtMost, cancellationToken)).Count > 0, Patience, cancellationToken);
                QueuedMessage[] twice = [.. taken, .. taken];
                random.Shuffle(twice);
                foreach (var message in twice) await scene.Broker.PublishAsync(queue, message, CancellationToken.None);
                hit |= taken.Count > 0;
            }
        }
        finally
        {
            foreach (var consumer in consumers)
            {
                consumer.Broker.Heal();
                await consumer.ResumeAsync();
            }
        }

        return hit;
    }
}
