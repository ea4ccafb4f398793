using Certctl.Core.Hosting;
using MassTransit;

namespace Certctl.Api.Writes;

/// <summary>What a request wants said once its transaction is committed. The rows are the intent: a message that is lost here
/// is sent again by the workers' sweep, so a broker that is away fails no request and delays none by much.</summary>
public sealed class Outbox(CommandSender sender, IBus bus, TimeProvider time, ILogger<Outbox> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private readonly List<Func<Task>> messages = [];
    private readonly List<Func<CancellationToken, Task>> actions = [];

    /// <summary>Sends a command to its queue, after the commit.</summary>
    public void Send<T>(string queue, T command) where T : class =>
        messages.Add(() => sender.SendAsync(queue, command, CancellationToken.None));

    /// <summary>Publishes an event, after the commit.</summary>
    public void Publish<T>(T @event) where T : class => messages.Add(() => bus.Publish(@event));

    /// <summary>Runs in this process after the commit and before the answer.</summary>
    public void AfterCommit(Func<CancellationToken, Task> action) => actions.Add(action);

    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        foreach (var action in actions) await Guarded(() => action(cancellationToken));
        if (messages.Count == 0) return;
        if (!sender.BrokerIsReachable)
        {
            logger.LogWarning("RabbitMQ is away; {Count} messages are left to the sweep", messages.Count);
            return;
        }

        var sending = Task.WhenAll(messages.Select(Guarded));
        await Task.WhenAny(sending, Task.Delay(Patience, time, cancellationToken));
    }

    /// <summary>The request has succeeded already, whatever becomes of this.</summary>
    private async Task Guarded(Func<Task> send)
    {
        try
        {
            await send();
        }
        catch (Exception e)
        {
            logger.LogWarning(e, "Something that was to follow a commit failed: {Reason}", e.Message);
        }
    }
}
