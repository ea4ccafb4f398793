using Certctl.Core.Domain.DeadLetters;
using Certctl.Core.Persistence;
using Npgsql;

namespace Certctl.RenewalWorker.DeadLetters;

/// <summary>Dead letters as rows.</summary>
internal sealed class DeadLetterStore(NpgsqlDataSource database)
{
    /// <summary>With this many rows, or this much in them, the rest stays in RabbitMQ: a flood must not fill the database.</summary>
    private const long MaxWaiting = 100_000;

    /// <summary>In bytes, of bodies.</summary>
    internal const long MaxWaitingBytes = 1L << 30;

    /// <summary>How many wait for an administrator, by queue.</summary>
    public async Task<Dictionary<string, long>> CountWaitingAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT queue, count(*) FROM dead_letters WHERE requeued_at IS NULL GROUP BY queue");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var counts = new Dictionary<string, long>();
        while (await reader.ReadAsync(cancellationToken)) counts.Add(reader.GetString(0), reader.GetInt64(1));
        return counts;
    }

    /// <summary>Whether more may be written.</summary>
    public static async Task<bool> HasRoomAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            SELECT count(*) < {MaxWaiting} AND COALESCE(sum(LEAST(body_size, {DeadLetter.MaxBodySize})), 0) < {MaxWaitingBytes}
            FROM dead_letters WHERE requeued_at IS NULL
            """, connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Writes what is not written yet, in one transaction, and gives back what was new: a message that is delivered
    /// again after its row was committed adds none.</summary>
    public static async Task<IReadOnlyList<DeadLetter>> AddAsync(NpgsqlConnection connection, IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var letter in letters) batch.BatchCommands.Add(Insert(letter));
        // Without a transaction of one's own a batch is one.
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return [.. letters.Where((_, index) => batch.BatchCommands[index].RecordsAffected == 1)];
    }

    private static NpgsqlBatchCommand Insert(DeadLetter letter)
    {
        var command = new NpgsqlBatchCommand("""
            INSERT INTO dead_letters (id, fingerprint, queue, found_in, kind, message_id, message_type, reason, exception_type, stack_trace,
                content_type, headers, body, body_size, failed_at, created_at, requeue_of)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
            ON CONFLICT (fingerprint) DO NOTHING
            """);
        command.Parameters.Text(letter.Id).Binary(letter.Fingerprint).Text(letter.Queue).Text(letter.FoundIn).Text(SnakeCase.ToText(letter.Kind))
            .Text(letter.MessageId).Text(letter.MessageType).Text(letter.Reason).Text(letter.ExceptionType).Text(letter.StackTrace)
            .Text(letter.ContentType).Json(letter.Headers).Binary(letter.Body).Number(letter.BodySize)
            .Time(letter.FailedAt).Time(letter.CreatedAt).Text(letter.RequeueOf);
        return command;
    }
}
