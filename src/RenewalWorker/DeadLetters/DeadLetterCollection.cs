using System.Diagnostics.Metrics;
using Certctl.Core.Domain.DeadLetters;
using Certctl.Core.Hosting;
using Npgsql;
using RabbitMQ.Client;

namespace Certctl.RenewalWorker.DeadLetters;

/// <summary>Moves messages out of the error queues into <c>dead_letters</c>. A row is committed before its message is
/// acknowledged; whoever dies between the two leaves a message that is taken again and adds no second row.</summary>
internal sealed class DeadLetterCollection(
    BrokerConnection broker, ErrorQueues queues, NpgsqlDataSource database, TimeProvider time, ILogger<DeadLetterCollection> logger)
{
    private const int BatchSize = 100;

    /// <summary>Bytes of bodies after which a batch ends: it is one transaction, and is held in memory.</summary>
    private const int BatchBytes = 8 * 1024 * 1024;

    /// <summary>Messages that one turn takes out of one queue.</summary>
    private const int MaxATurn = 2_000;

    private static readonly Counter<long> Collected = Telemetry.Meter.CreateCounter<long>(
        "certctl.dead_letters", "{message}", "Messages that could not be processed.");

    /// <summary>Takes what is there, from every error queue.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var queue in await queues.FindFilledAsync(cancellationToken))
        {
            for (var taken = 0; taken < MaxATurn;)
            {
                var batch = await TakeBatchAsync(queue, cancellationToken);
                taken += batch;
                if (batch == 0) break;
            }
        }
    }

    private async Task<int> TakeBatchAsync(string queue, CancellationToken cancellationToken)
    {
        // The database first: a message that cannot be written is not to be taken and returned, which RabbitMQ counts.
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (!await DeadLetterStore.HasRoomAsync(connection, cancellationToken)) return 0;
        await using var channel = await broker.OpenChannelAsync(null, cancellationToken);
        var letters = new List<DeadLetter>();
        var (last, bytes) = (0UL, 0L);
        while (letters.Count < BatchSize && bytes < BatchBytes && await channel.BasicGetAsync(queue, autoAck: false, cancellationToken) is { } message)
        {
            letters.Add(DeadLetterReader.Read(queue, message.BasicProperties, message.Body, time));
            (last, bytes) = (message.DeliveryTag, bytes + message.Body.Length);
        }

        if (letters.Count == 0) return 0;
        foreach (var letter in await DeadLetterStore.AddAsync(connection, letters, cancellationToken))
        {
            Collected.Add(1, new KeyValuePair<string, object?>("queue", letter.Queue));
            logger.LogError("Dead letter {Id} of {Queue}: {MessageType} {MessageId}: {Reason}", letter.Id, letter.Queue, letter.MessageType, letter.MessageId, letter.Reason);
        }

        await channel.BasicAckAsync(last, multiple: true, cancellationToken);
        return letters.Count;
    }
}
