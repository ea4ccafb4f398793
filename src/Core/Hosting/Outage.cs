using MassTransit;
using Npgsql;

namespace Certctl.Core.Hosting;

/// <summary>Tells an outage of PostgreSQL or RabbitMQ, which passes, from what is wrong with a message or a row, which does not.</summary>
public static class Outage
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Whether PostgreSQL, and not the statement, stood in the way; EF Core wraps what the driver says.</summary>
    public static bool IsOfDatabase(Exception? e) => e switch
    {
        null => false,
        // The driver counts neither a shutdown nor a crash (57P01, 57P02) as transient.
        PostgresException { IsTransient: false } refusal => refusal.SqlState.StartsWith("57P", StringComparison.Ordinal),
        NpgsqlException { IsTransient: true } => true,
        _ => IsOfDatabase(e.InnerException),
    };

    /// <summary>Whether either of them stood in the way.</summary>
    public static bool Is(Exception e) => e is BrokerUnavailableException || IsOfDatabase(e);

    /// <summary>Retries of every command's consumer. While PostgreSQL or RabbitMQ is away a message is held and tried again: the
    /// prefetch count bounds what is held, the rest waits in the queue, and nothing of it is dead-lettered for an outage. Whatever
    /// else goes wrong has three more tries within three seconds; then the message is moved to the error queue.</summary>
    public static void UseRetries(this IReceiveEndpointConfigurator endpoint)
    {
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(Is);
            retry.Incremental(int.MaxValue, Interval, TimeSpan.Zero);
        });
        endpoint.UseMessageRetry(retry =>
        {
            retry.Ignore<Exception>(Is);
            retry.Intervals(100, 500, 2000);
        });
    }
}
