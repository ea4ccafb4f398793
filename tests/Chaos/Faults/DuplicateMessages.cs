using Certctl.Chaos.Fleet;

namespace Certctl.Chaos.Faults;

/// <summary>Messages that wait are delivered twice and in another order, as redeliveries of a torn cluster would be.</summary>
internal sealed class DuplicateMessages : IFault
{
    private const int AtMost = 100;

    private static readonly (Service Consumer, string Queue)[] Queues =
        [(Service.RenewalWorker, "renew-certificates"), (Service.RenewalWorker, "renew-certificate"), (Service.HeartbeatIngest, "store-heartbeats")];

    public string Name => "duplicate-messages";

    public string Target => BackingServices.Broker;

    public async Task InjectAsync(Scene scene, Random random, CancellationToken cancellationToken)
    {
        // While their consumers stand still, messages gather.
        foreach (var consumer in Queues.Select(q => q.Consumer).Distinct()) await scene.Fleet[consumer].PauseAsync();
        try
        {
            await Pause.ForAsync(random.Between(1, 2), cancellationToken);
            foreach (var (_, queue) in Queues)
            {
                var taken = await scene.Broker.TakeAsync(queue, AtMost, cancellationToken);
                QueuedMessage[] twice = [.. taken, .. taken];
                random.Shuffle(twice);
                foreach (var message in twice) await scene.Broker.PublishAsync(queue, message, CancellationToken.None);
            }
        }
        finally
        {
            foreach (var consumer in Queues.Select(q => q.Consumer).Distinct()) await scene.Fleet[consumer].ResumeAsync();
        }
    }
}
