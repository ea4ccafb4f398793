using Certctl.Core.Hosting;
using Certctl.Core.Hosting.Settings;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Certctl.RenewalWorker.Metrics;

/// <summary>How many messages wait in each queue, asked of RabbitMQ every few seconds: gauge <c>certctl.queue.depth</c>.</summary>
internal sealed class QueueDepth(BrokerSettings settings, TimeProvider time, ILogger<QueueDepth> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly System.Diagnostics.Metrics.Gauge<long> depth = Telemetry.Meter.CreateGauge<long>(
        "certctl.queue.depth", "{message}", "Messages that wait in a queue.");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var connection = await new ConnectionFactory { Uri = new Uri(settings.Url), AutomaticRecoveryEnabled = false }
                    .CreateConnectionAsync("certctl-queue-depth", stoppingToken);
                while (connection.IsOpen && await timer.WaitForNextTickAsync(stoppingToken))
                    foreach (var queue in Queues.All) await RecordAsync(connection, queue, stoppingToken);
            }
            catch (Exception e) when (e is BrokerUnreachableException or AlreadyClosedException or OperationInterruptedException or TimeoutException)
            {
                logger.LogDebug("Queue depths unknown: {Reason}", e.Message);
            }
        }
    }

    private async Task RecordAsync(IConnection connection, string queue, CancellationToken cancellationToken)
    {
        // A queue that is not there yet closes the channel that asked: one channel for each question.
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            depth.Record(await channel.MessageCountAsync(queue, cancellationToken), new KeyValuePair<string, object?>("queue", queue));
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            depth.Record(0, new KeyValuePair<string, object?>("queue", queue));
        }
    }
}
