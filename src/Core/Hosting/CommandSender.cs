using MassTransit;

namespace Certctl.Core.Hosting;

/// <summary>Sends commands to their queues: confirmed by the broker, refused when no queue takes them, bounded in time.</summary>
public sealed class CommandSender(IBus bus, IBusControl control)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    /// <summary>Whether the connection to the broker stands. A hint: it may be gone a moment later.</summary>
    public bool BrokerIsReachable =>
        control.CheckHealth().Status is not BusHealthStatus.Unhealthy;

    /// <summary>Sends, and returns once the broker has confirmed.</summary>
    /// <param name="queue">The consumer's name in kebab-case.</param>
    /// <exception cref="BrokerUnavailableException">No confirm within four seconds, or no such queue.</exception>
    public async Task SendAsync<T>(string queue, T command, CancellationToken cancellationToken) where T : class
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(Timeout);
        try
        {
            var endpoint = await bus.GetSendEndpoint(new Uri($"exchange:{queue}")).WaitAsync(bounded.Token);
            // Mandatory: without it a message to an exchange that nobody bound is confirmed and lost.
            await endpoint.Send(command, context => ((RabbitMqSendContext)context).Mandatory = true, bounded.Token).WaitAsync(bounded.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw new BrokerUnavailableException($"RabbitMQ did not take {typeof(T).Name} for {queue}.", e);
        }
    }
}

/// <summary>The broker did not confirm a message. Whoever asked may try again in a few seconds.</summary>
public sealed class BrokerUnavailableException(string message, Exception inner) : Exception(message, inner);
