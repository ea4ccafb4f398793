using System.Diagnostics.Metrics;
using Certctl.Core.Hosting;

namespace Certctl.RenewalWorker.DeadLetters;

/// <summary>Every few seconds, on every replica: what could not be processed becomes a row, what is to be tried again goes back
/// to its queue, and how many wait is a gauge.</summary>
internal sealed class DeadLetterLoop(
    DeadLetterCollection collection, DeadLetterRequeue requeue, DeadLetterStore store, CommandSender sender, TimeProvider time, ILogger<DeadLetterLoop> logger)
    : RepeatingService(TimeSpan.FromSeconds(3), time, logger)
{
    private static readonly Gauge<long> Waiting = Telemetry.Meter.CreateGauge<long>(
        "certctl.dead_letters.waiting", "{message}", "Dead letters that wait for an administrator; every replica counts all of them.");

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await CountAsync(cancellationToken);
        if (!sender.BrokerIsReachable) return;
        // Putting back comes last, since it is what a single letter can hold up.
        await collection.RunAsync(cancellationToken);
        await requeue.RunAsync(cancellationToken);
    }

    private async Task CountAsync(CancellationToken cancellationToken)
    {
        var waiting = await store.CountWaitingAsync(cancellationToken);
        foreach (var queue in Queues.All.Union(waiting.Keys))
            Waiting.Record(waiting.GetValueOrDefault(queue), new KeyValuePair<string, object?>("queue", queue));
    }
}
