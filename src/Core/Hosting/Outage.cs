using MassTransit;
using Npgsql;

namespace Certctl.Core.Hosting;

/// <summary>Tells an outage of PostgreSQL or RabbitMQ, which passes, from a statement that takes too long, which may, and from what
/// is wrong with a message or a row, which does not.</summary>
public static class Outage
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Waits before the retries of what has timed out: with the time-outs themselves some five minutes and more, so that a
    /// server that stands still for a minute is survived, and a statement that will never be done in time is given up.</summary>
    public static readonly IReadOnlyList<TimeSpan> AfterTimeOut = [.. ((int[])[1, 2, 4, 8, 15, 30, 30, 30, 30, 30]).Select(s => TimeSpan.FromSeconds(s))];

    /// <summary>Whether PostgreSQL is away: it cannot be connected to, it ended the connection, or it is a standby that does not
    /// write yet. EF Core wraps what the driver says.</summary>
    public static bool IsOfDatabase(Exception? e) => e switch
    {
        null => false,
        // The driver counts neither a shutdown nor a crash (57P01, 57P02) as transient, nor a node that is read-only after a failover.
        PostgresException { IsTransient: false } refusal =>
            refusal.SqlState.StartsWith("57P", StringComparison.Ordinal) || refusal.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction,
        NpgsqlException { InnerException: TimeoutException } late => IsOfConnecting(late),
        NpgsqlException { InnerException: NpgsqlException inner } => IsOfDatabase(inner),
        NpgsqlException { IsTransient: true } => true,
        _ => IsOfDatabase(e.InnerException),
    };

    /// <summary>Whether PostgreSQL is there and did not answer in time: the statement's fault, or a server that stands still.</summary>
    public static bool IsTimeOut(Exception? e) => e switch
    {
        null or OperationCanceledException or BrokerUnavailableException => false,
        PostgresException refusal => refusal.SqlState == PostgresErrorCodes.QueryCanceled,
        NpgsqlException { InnerException: TimeoutException } late => !IsOfConnecting(late),
        TimeoutException => true,
        _ => IsTimeOut(e.InnerException),
    };

    /// <summary>Whether PostgreSQL stood in the way, by either; for callers that only ask their own caller to come back.</summary>
    public static bool IsOfDatabaseOrTimeOut(Exception e) => IsOfDatabase(e) || IsTimeOut(e);

    /// <summary>Whether either of them is away.</summary>
    public static bool Is(Exception e) => e is BrokerUnavailableException || IsOfDatabase(e);

    /// <summary>Retries of every command's consumer. While PostgreSQL or RabbitMQ is away a message is held and tried again: the
    /// prefetch count bounds what is held, the rest waits in the queue, and nothing of it is dead-lettered for an outage. A time-out
    /// is tried again for some minutes. Whatever else goes wrong has three more tries within three seconds. Then the message is moved
    /// to the error queue.</summary>
    public static void UseRetries(this IReceiveEndpointConfigurator endpoint) => endpoint.UseRetries(AfterTimeOut);

    internal static void UseRetries(this IReceiveEndpointConfigurator endpoint, IReadOnlyList<TimeSpan> afterTimeOut)
    {
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(Is);
            retry.Incremental(int.MaxValue, Interval, TimeSpan.Zero);
        });
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(IsTimeOut);
            retry.Intervals([.. afterTimeOut]);
        });
        endpoint.UseMessageRetry(retry =>
        {
            retry.Ignore<Exception>(e => Is(e) || IsTimeOut(e));
            retry.Intervals(100, 500, 2000);
        });
    }

    /// <summary>The driver's words; nothing else tells a server that cannot be reached from one that does not answer.</summary>
    private static bool IsOfConnecting(NpgsqlException late) => late.Message.StartsWith("Failed to connect", StringComparison.Ordinal);
}
