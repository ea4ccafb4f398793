using System.Net.Sockets;
using Certctl.Core.Hosting;
using Certctl.Core.Persistence;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Certctl.RenewalWorker.DeadLetters;

/// <summary>Puts dead letters back into their queues where an administrator asked for it. The row is locked, the message is
/// confirmed by RabbitMQ, then the row says so: a crash in between sends it once more, which consumers are made for.</summary>
internal sealed class DeadLetterRequeue(BrokerConnection broker, NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>RabbitMQ confirms within milliseconds, or is under an alarm; a row is locked meanwhile.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>Puts back what is asked for; any number of replicas may do so at once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await RequeueNextAsync(cancellationToken))
        {
        }
    }

    private async Task<bool> RequeueNextAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await FindNextAsync(connection, cancellationToken) is not { } letter) return false;
        var error = await PublishInTimeAsync(letter, cancellationToken);
        await using var command = new NpgsqlCommand("""
            UPDATE dead_letters SET requeued_at = CASE WHEN $3::text IS NULL THEN $2 END, requeue_error = $3,
                requeue_requested_at = CASE WHEN $3::text IS NULL THEN requeue_requested_at END
            WHERE id = $1
            """, connection);
        command.Parameters.Text(letter.Id).Time(time.GetUtcNow()).Text(error);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task<Letter?> FindNextAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            SELECT id, queue, message_id, content_type, headers::text, body FROM dead_letters
            WHERE requeue_requested_at IS NOT NULL AND requeued_at IS NULL
            ORDER BY requeue_requested_at LIMIT 1 FOR UPDATE SKIP LOCKED
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return !await reader.ReadAsync(cancellationToken) ? null : new Letter(
            reader.GetString(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3),
            JsonText.To<Dictionary<string, string>>(reader.GetString(4)), reader.GetFieldValue<byte[]>(5));
    }

    /// <summary>The reason when the letter cannot be published; a broker that is away throws, and the next turn tries again.</summary>
    private async Task<string?> PublishInTimeAsync(Letter letter, CancellationToken cancellationToken)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(Patience);
        try
        {
            return await PublishAsync(letter, bounded.Token).WaitAsync(bounded.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            await broker.AbandonAsync();
            throw new BrokerUnavailableException($"RabbitMQ did not take dead letter {letter.Id} for {letter.Queue} in time.", e);
        }
    }

    /// <summary>To the queue itself, by the default exchange. Returns once RabbitMQ has confirmed; the reason when it cannot.</summary>
    private async Task<string?> PublishAsync(Letter letter, CancellationToken cancellationToken)
    {
        var properties = new BasicProperties
        {
            MessageId = letter.MessageId,
            ContentType = letter.ContentType,
            DeliveryMode = DeliveryModes.Persistent,
            Headers = letter.Headers.ToDictionary(h => h.Key, object? (h) => h.Value),
        };
        properties.Headers[DeadLetterHeaders.RequeuedFrom] = letter.Id;
        await using var channel = await broker.OpenChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken);
        try
        {
            await channel.BasicPublishAsync("", letter.Queue, mandatory: true, properties, letter.Body, cancellationToken);
            return null;
        }
        catch (PublishReturnException)
        {
            return $"There is no queue '{letter.Queue}'.";
        }
        catch (Exception e) when (IsOfTheLetter(e))
        {
            return $"It cannot be published: {e.Message}";
        }
    }

    /// <summary>Whether the same would happen at the next turn: whatever is no lost connection, and what RabbitMQ closes a channel
    /// or connection for, other than its own shutdown.</summary>
    private static bool IsOfTheLetter(Exception e) => e switch
    {
        OperationInterruptedException interrupted =>
            interrupted.ShutdownReason is { Initiator: ShutdownInitiator.Peer, ReplyCode: not (Constants.ConnectionForced or Constants.InternalError) },
        OperationCanceledException or ObjectDisposedException or IOException or SocketException or BrokerUnreachableException => false,
        _ => true,
    };

    private sealed record Letter(string Id, string Queue, string? MessageId, string? ContentType, Dictionary<string, string> Headers, byte[] Body);
}
