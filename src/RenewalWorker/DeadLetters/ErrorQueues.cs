using Certctl.Core.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Certctl.RenewalWorker.DeadLetters;

/// <summary>The queues in which a message ends that could not be processed.</summary>
internal sealed class ErrorQueues(BrokerConnection broker)
{
    /// <summary>What MassTransit appends to a queue's name for messages whose consumer threw, and for those that nobody knows.</summary>
    public static readonly string[] Suffixes = ["_error", "_skipped"];

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> Names =
        [.. Queues.DeadLettered.SelectMany(queue => Suffixes.Select(suffix => queue + suffix)), MessageBus.DeadLetterQueue];

    private readonly HashSet<string> otherwiseDeclared = [];

    /// <summary>Those that hold messages. Declares what is not there yet, as MassTransit would at the first message: asking for
    /// a queue that is not there is an error that RabbitMQ writes down.</summary>
    public async Task<IReadOnlyList<string>> FindFilledAsync(CancellationToken cancellationToken)
    {
        var filled = new List<string>();
        var channel = await broker.OpenChannelAsync(null, cancellationToken);
        try
        {
            foreach (var queue in Names)
            {
                try
                {
                    if (await CountAsync(channel, queue, cancellationToken) > 0) filled.Add(queue);
                }
                catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == Constants.PreconditionFailed)
                {
                    // There, and declared otherwise by another version: used as it is. The refusal closed the channel.
                    otherwiseDeclared.Add(queue);
                    await channel.DisposeAsync();
                    channel = await broker.OpenChannelAsync(null, cancellationToken);
                    if (await channel.MessageCountAsync(queue, cancellationToken) > 0) filled.Add(queue);
                }
            }
        }
        finally
        {
            await channel.DisposeAsync();
        }

        return filled;
    }

    private async Task<long> CountAsync(IChannel channel, string queue, CancellationToken cancellationToken)
    {
        if (otherwiseDeclared.Contains(queue)) return await channel.MessageCountAsync(queue, cancellationToken);
        var declared = await channel.QueueDeclareAsync(
            queue, durable: true, exclusive: false, autoDelete: false, Arguments(queue), cancellationToken: cancellationToken);
        return declared.MessageCount;
    }

    private static Dictionary<string, object?> Arguments(string queue) => queue == MessageBus.DeadLetterQueue
        ? new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }
        : new Dictionary<string, object?>(MessageBus.QueueArguments);
}
