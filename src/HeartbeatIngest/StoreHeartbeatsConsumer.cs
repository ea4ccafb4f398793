using Certctl.Contracts;
using Certctl.Core.Hosting;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Certctl.HeartbeatIngest;

/// <summary>Stores heartbeats, many messages at a time.</summary>
internal sealed class StoreHeartbeatsConsumer(LivenessWriter writer, TimeProvider time, ILogger<StoreHeartbeatsConsumer> logger)
    : IConsumer<Batch<HeartbeatsReceived>>
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    public async Task Consume(ConsumeContext<Batch<HeartbeatsReceived>> context)
    {
        var messages = context.Message.Select(m => m.Message).ToArray();
        var heartbeats = NewestHeartbeats.Of(messages);
        var cameOnline = await WriteAsync(heartbeats, IntakeStream.Of(messages.Select(m => m.SentAt)), context.CancellationToken);

        var now = time.GetUtcNow();
        foreach (var heartbeat in heartbeats) IngestMetrics.Lag.Record((now - heartbeat.ReceivedAt).TotalSeconds);
        IngestMetrics.MessagesPerWrite.Record(messages.Length);
        IngestMetrics.HeartbeatsPerWrite.Record(heartbeats.Length);
        IngestMetrics.Stored.Add(messages.Sum(m => m.Heartbeats.Count));
        if (cameOnline.Count > 0) await context.PublishBatch(cameOnline, context.CancellationToken);
    }

    /// <summary>While the database is away the batch is held and tried again: the prefetch count bounds what is held, the rest
    /// waits in the queue, and all of it is stored as soon as the database is back. Nothing is thrown for an outage, since
    /// RabbitMQ counts deliveries and gives up on a message after some. A write that times out again and again is given up.</summary>
    private async Task<List<AgentCameOnline>> WriteAsync(
        Heartbeat[] heartbeats, IntakeStream stream, CancellationToken cancellationToken)
    {
        for (var timeOuts = 0; ;)
        {
            TimeSpan wait;
            try
            {
                return await writer.WriteAsync(heartbeats, stream, cancellationToken);
            }
            catch (Exception e) when (Outage.IsOfDatabase(e) || (Outage.IsTimeOut(e) && timeOuts < Outage.AfterTimeOut.Count))
            {
                IngestMetrics.Postponed.Add(1);
                logger.LogWarning("{Heartbeats} heartbeats wait for the database: {Reason}", heartbeats.Length, e.Message);
                wait = Outage.IsOfDatabase(e) ? RetryInterval : Outage.AfterTimeOut[timeOuts++];
            }

            await Task.Delay(wait, time, cancellationToken);
        }
    }
}

/// <summary>The queue is bounded in length and age and drops its oldest messages: a heartbeat is worthless once a newer one
/// exists. For the same reason nothing of it goes to the dead letters.</summary>
internal sealed class StoreHeartbeatsConsumerDefinition : ConsumerDefinition<StoreHeartbeatsConsumer>
{
    private const int MessagesPerWrite = 32;
    private const int ConcurrentWrites = 2;
    private readonly IngestSettings settings;

    public StoreHeartbeatsConsumerDefinition(IngestSettings settings)
    {
        this.settings = settings;
        EndpointName = Queues.StoreHeartbeats;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<StoreHeartbeatsConsumer> consumerConfigurator,
        IRegistrationContext context)
    {
        consumerConfigurator.Options<BatchOptions>(batch => batch
            .SetMessageLimit(MessagesPerWrite)
            .SetTimeLimit(settings.WriteInterval)
            .SetTimeLimitStart(BatchTimeLimitStart.FromFirst)
            .SetConcurrencyLimit(ConcurrentWrites));
        endpointConfigurator.PrefetchCount = MessagesPerWrite * ConcurrentWrites * 2;
        endpointConfigurator.DiscardFaultedMessages();
        endpointConfigurator.DiscardSkippedMessages();
        if (endpointConfigurator is not IRabbitMqReceiveEndpointConfigurator queue) return;
        queue.SetQueueArgument("x-dead-letter-exchange", null);
        queue.SetQueueArgument("x-max-length", settings.QueueLength);
        queue.SetQueueArgument("x-message-ttl", (int)settings.QueueAge.TotalMilliseconds);
        queue.SetQueueArgument("x-overflow", "drop-head");
    }
}
