using System.Data;
using Certctl.Core.Domain.Renewals;
using Certctl.Core.Hosting;
using Npgsql;
using NpgsqlTypes;

namespace Certctl.RenewalWorker.Bulk;

/// <summary>What becomes of a bulk whose expansion throws: it is tried again, each time after twice as long, and then it is
/// failed, so that those after it go on. Renewals that it has enqueued already run to their end.</summary>
internal static class ExpansionFailures
{
    /// <summary>Seconds after the first failure, which double with each: five attempts within 15 seconds.</summary>
    private const int AfterFailure = 1;

    /// <summary>The same for a time-out, which a busy server causes as well as the bulk: five attempts with ten minutes between them in all.</summary>
    private const int AfterTimeOut = 40;

    /// <summary>Whether the bulk is to blame, and not a database that goes away or a process that stops. What is to blame is
    /// written down on the same connection, so it has to stand still.</summary>
    public static bool IsOfTheBulk(Exception e, NpgsqlConnection connection) =>
        connection.State == ConnectionState.Open && e is not OperationCanceledException && !Outage.IsOfDatabase(e);

    /// <summary>Writes down a failed expansion, on a connection whose transaction still stands. Whether that was the last attempt.</summary>
    /// <param name="table">bulk_renewals or bulk_revocations.</param>
    public static async Task<bool> RecordAsync(
        NpgsqlConnection connection, string table, string id, Exception error, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            WITH counted AS (
                UPDATE {table} SET expansion_attempts = expansion_attempts + 1, last_error = left(@error, 2000),
                    next_expansion_at = @now + make_interval(secs => {(Outage.IsTimeOut(error) ? AfterTimeOut : AfterFailure)} * power(2, expansion_attempts))
                WHERE id = @id RETURNING id, expansion_attempts
            )
            SELECT expansion_attempts >= {IBulkOperation.MaxExpansionAttempts} FROM counted
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string>("id", id));
        command.Parameters.Add(new NpgsqlParameter<string>("error", error.Message));
        command.Parameters.Add(new NpgsqlParameter("now", NpgsqlDbType.TimestampTz) { Value = now.UtcDateTime });
        if (await command.ExecuteScalarAsync(cancellationToken) is not true) return false;
        command.CommandText = $"""
            WITH failed AS (
                UPDATE {table} SET status = 'failed', started_at = COALESCE(started_at, @now), expanded_at = @now, completed_at = @now,
                    next_expansion_at = NULL, total_matched = COALESCE(total_matched, 0), total_enqueued = COALESCE(total_enqueued, 0),
                    total_skipped = COALESCE(total_skipped, 0)
                WHERE id = @id RETURNING id, last_error, expansion_attempts
            )
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            SELECT 'certctl', 'system', '{table[..^1]}_failed', '{table[..^1]}', id,
                jsonb_build_object('error', last_error, 'attempts', expansion_attempts), @now
            FROM failed
            """;
        await command.ExecuteNonQueryAsync(cancellationToken);
        return true;
    }
}
