using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Protocol;
using Npgsql;

namespace Certctl.AcmeService.RateLimits;

/// <summary>
/// Lets orders in by both limits of their account, in the transaction that writes them. The account's bucket is locked first, so
/// that the statement after it counts the orders of everybody who came before; a token is taken only along with an order, so
/// that a refused one costs nothing. All of it rides on the order's own round trip.
/// </summary>
public sealed class OrderAdmission(TimeProvider time) : IDisposable
{
    /// <summary>Who waits for an order of its own to end needs no longer than this to look again.</summary>
    private static readonly TimeSpan LongestWaitForOrders = TimeSpan.FromSeconds(60);

    private const string OpenOrders = "account_id = $31 AND is_open AND expires_at > $13";

    /// <summary>CTEs before an INSERT that takes its values <c>FROM admitted</c>: one row, or none. Its parameters follow the
    /// insert's 26, of which $13 is now.</summary>
    public const string Sql = $"""
        open AS (
            SELECT count(*) AS orders FROM (SELECT 1 FROM acme_orders WHERE {OpenOrders} LIMIT $30) AS found
        ), admitted AS (
            UPDATE acme_rate_limits b SET full_at = GREATEST(b.full_at, clock_timestamp()) + $28 FROM open
            WHERE b.key = $27 AND b.full_at <= clock_timestamp() + $29 AND ($30 IS NULL OR open.orders < $30)
            RETURNING 1
        ),
        """;

    /// <summary>An account's orders wait for each other here, not on the lock with a connection each: however many come at once, the
    /// other accounts have the rest of the pool. Accounts share turns by their hash.</summary>
    private readonly SemaphoreSlim[] turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Runs one of the account's orders at a time, of this replica's.</summary>
    public async Task<T> InTurnAsync<T>(string accountId, Func<Task<T>> run, CancellationToken cancellationToken)
    {
        var turn = turns[(uint)accountId.GetHashCode(StringComparison.Ordinal) % turns.Length];
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await run();
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        foreach (var turn in turns) turn.Dispose();
    }

    /// <summary>Call before the insert's command is added.</summary>
    public static void AddLock(NpgsqlBatch batch, string accountId)
    {
        // WHERE false: a row that is there is locked and stays as it is.
        var command = new NpgsqlBatchCommand("""
            INSERT INTO acme_rate_limits AS b (key, full_at) VALUES ($1, clock_timestamp()) ON CONFLICT (key) DO UPDATE SET full_at = b.full_at WHERE false
            """);
        command.Parameters.Text(Bucket.NewOrders(accountId, 1).Key);
        batch.BatchCommands.Add(command);
    }

    public static void AddParameters(NpgsqlParameterCollection parameters, string accountId, AccountLimits limits)
    {
        // Without an hourly limit nothing is taken and nothing is too far away.
        var bucket = Bucket.NewOrders(accountId, Math.Max(1, limits.OrdersPerHour));
        parameters.Text(bucket.Key).Span(limits.OrdersPerHour > 0 ? bucket.Interval : TimeSpan.Zero)
            .Span(limits.OrdersPerHour > 0 ? bucket.Reach : TimeSpan.FromDays(365)).Number(limits.ConcurrentOrders > 0 ? limits.ConcurrentOrders : null).Text(accountId);
    }

    /// <summary>Which limit it was, and for how long.</summary>
    public async Task<AcmeProblem> WhyAsync(NpgsqlConnection connection, string accountId, AccountLimits limits, AcmeUrls urls, CancellationToken cancellationToken)
    {
        var bucket = Bucket.NewOrders(accountId, Math.Max(1, limits.OrdersPerHour));
        await using var command = new NpgsqlCommand("""
            SELECT (SELECT full_at - $2 - clock_timestamp() FROM acme_rate_limits WHERE key = $1),
                (SELECT min(expires_at) - $4 FROM acme_orders WHERE account_id = $3 AND is_open AND expires_at > $4)
            """, connection);
        command.Parameters.Text(bucket.Key).Span(bucket.Reach).Text(accountId).Time(time.GetUtcNow());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (limits.OrdersPerHour > 0 && !reader.IsDBNull(0) && reader.GetTimeSpan(0) is var wait && wait > TimeSpan.Zero)
        {
            AcmeCounters.Refused("new-order");
            return Problems.RateLimited($"Too many new orders: at most {limits.OrdersPerHour} an hour.", wait, urls.RateLimits);
        }

        AcmeCounters.Refused("concurrent-orders");
        var untilOneEnds = reader.IsDBNull(1) ? TimeSpan.FromSeconds(1) : reader.GetTimeSpan(1);
        return Problems.RateLimited(
            $"Too many open orders: at most {limits.ConcurrentOrders} may be pending, ready or processing. Finish one, or wait until it expires.",
            untilOneEnds < LongestWaitForOrders ? untilOneEnds : LongestWaitForOrders, urls.RateLimits);
    }
}
