using System.Collections.Concurrent;
using Certctl.Core.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Certctl.RenewalWorker.Metrics;

/// <summary>How many messages wait in each queue, asked of RabbitMQ every few seconds: gauge <c>certctl.queue.depth</c>.</summary>
internal sealed class QueueDepth(BrokerConnection broker, TimeProvider time, ILogger<QueueDepth> logger)
    : RepeatingService(TimeSpan.FromSeconds(5), time, logger)
{
    private readonly System.Diagnostics.Metrics.Gauge<long> depth = Telemetry.Meter.CreateGauge<long>(
        "certctl.queue.depth", "{message}", "Messages that wait in a queue.");

    private readonly ConcurrentDictionary<string, long> last = new();

    /// <summary>Messages that waited when last asked; 0 while that is not known.</summary>
    public long Of(string queue) => last.GetValueOrDefault(queue);

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        last.Clear();
        foreach (var queue in Queues.All)
        {
            last[queue] = await CountAsync(queue, cancellationToken);
            depth.Record(last[queue], new KeyValuePair<string, object?>("queue", queue));
        }
    }

    private async Task<long> CountAsync(string queue, CancellationToken cancellationToken)
    {
        // A queue that is not there yet closes the channel that asked: one channel for each question.
        await using var channel = await broker.OpenChannelAsync(null, cancellationToken);
        try
        {
            return await channel.MessageCountAsync(queue, cancellationToken);
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return 0;
        }
    }
}
