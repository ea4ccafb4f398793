using Certctl.Core.Hosting.Settings;
using RabbitMQ.Client;

namespace Certctl.RenewalWorker;

/// <summary>A connection to RabbitMQ beside MassTransit's, for what that has no word for: counting, and taking messages out of
/// queues that have no consumer. Opened when it is first wanted, and again after it broke.</summary>
internal sealed class BrokerConnection(BrokerSettings settings) : IAsyncDisposable
{
    private static readonly TimeSpan AbandonTimeout = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim turn = new(1);
    private IConnection? connection;

    /// <summary>A new channel; the caller disposes it.</summary>
    public async Task<IChannel> OpenChannelAsync(CreateChannelOptions? options, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (connection is not { IsOpen: true })
            {
                if (connection is not null) await connection.DisposeAsync();
                connection = null;
                connection = await new ConnectionFactory { Uri = new Uri(settings.Url), AutomaticRecoveryEnabled = false }
                    .CreateConnectionAsync("certctl-renewal-worker", cancellationToken);
            }

            return await connection.CreateChannelAsync(options, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Ends the connection, without waiting for RabbitMQ's consent: under an alarm it reads nothing more of a connection that
    /// has published, and all channels of this one would hang. The next channel is opened on a new one.</summary>
    public Task AbandonAsync() =>
        // Without a turn: whoever has it may hang on this very connection.
        connection?.CloseAsync(Constants.ReplySuccess, "abandoned", AbandonTimeout, abort: true) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (connection is not null) await connection.DisposeAsync();
        turn.Dispose();
    }
}
