using System.Collections.Concurrent;
using Certctl.Core.Hosting;
using Certctl.Core.Hosting.Settings;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Certctl.RenewalWorker.Metrics;

/// <summary>How many messages wait in each queue, asked of RabbitMQ every few seconds: gauge <c>certctl.queue.depth</c>.</summary>
internal sealed class QueueDepth(BrokerSettings settings, TimeProvider time, ILogger<QueueDepth> logger)
    : RepeatingService(TimeSpan.FromSeconds(5), time, logger), IAsyncDisposable
{
    private readonly System.Diagnostics.Metrics.Gauge<long> depth = Telemetry.Meter.CreateGauge<long>(
        "certctl.queue.depth", "{message}", "Messages that wait in a queue.");

    private readonly ConcurrentDictionary<string, long> last = new();
    private IConnection? connection;

    /// <summary>Messages that waited when last asked; 0 while that is not known.</summary>
    public long Of(string queue) => last.GetValueOrDefault(queue);

    public async ValueTask DisposeAsync()
    {
        if (connection is not null) await connection.DisposeAsync();
        Dispose();
    }

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        last.Clear();
        if (connection is not { IsOpen: true })
        {
            if (connection is not null) await connection.DisposeAsync();
            connection = await new ConnectionFactory { Uri = new Uri(settings.Url), AutomaticRecoveryEnabled = false }
                .CreateConnectionAsync("certctl-queue-depth", cancellationToken);
        }

        foreach (var queue in Queues.All)
        {
            last[queue] = await CountAsync(connection, queue, cancellationToken);
            depth.Record(last[queue], new KeyValuePair<string, object?>("queue", queue));
        }
    }

    private static async Task<long> CountAsync(IConnection connection, string queue, CancellationToken cancellationToken)
    {
        // A queue that is not there yet closes the channel that asked: one channel for each question.
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
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
