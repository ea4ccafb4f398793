using Npgsql;

namespace Certctl.Core.Auditing;

/// <summary>Up to which id audit events are final. Ids are drawn before a transaction commits, so a higher one may be seen long
/// before a lower one; neither time nor the highest id seen tells.</summary>
internal static class AuditHorizon
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>The highest id at or below which no transaction can insert any more; null when one that could is still open after
    /// the patience. Whoever inserts holds a lock on the table from before it draws its id until it ends. So: the last id drawn,
    /// then who holds such a lock, then wait until none of them does. No writer waits for this. CREATE INDEX CONCURRENTLY
    /// waits in the same way; a snapshot's xmin would miss who has drawn an id and has no transaction id yet.</summary>
    public static async Task<long?> FindAsync(NpgsqlConnection connection, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var last = await LastDrawnAsync(connection, cancellationToken);
        var writers = await WritersAsync(connection, cancellationToken);
        var started = time.GetTimestamp();
        while (writers.Count > 0)
        {
            if (time.GetElapsedTime(started) > patience) return null;
            await Task.Delay(Interval, time, cancellationToken);
            writers.IntersectWith(await WritersAsync(connection, cancellationToken));
        }

        return last;
    }

    private static async Task<long> LastDrawnAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT COALESCE(pg_sequence_last_value(pg_get_serial_sequence('audit_events', 'id')::regclass), 0)", connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Virtual transaction ids, which are never used twice while a server runs.</summary>
    private static async Task<HashSet<string>> WritersAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            SELECT DISTINCT virtualtransaction FROM pg_locks
            WHERE locktype = 'relation' AND relation = 'audit_events'::regclass AND granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
            """, connection);
        var writers = new HashSet<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) writers.Add(reader.GetString(0));
        return writers;
    }
}
