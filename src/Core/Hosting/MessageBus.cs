using Certctl.Core.Hosting.Settings;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Certctl.Core.Hosting;

public static class MessageBus
{
    /// <summary>Where messages go that RabbitMQ itself gives up on.</summary>
    public const string DeadLetterExchange = "certctl.dead-letters";

    /// <summary>The queue that keeps them for an administrator.</summary>
    public const string DeadLetterQueue = "dead-letters";

    /// <summary>Deliveries of one message after which RabbitMQ gives up on it; 3.x has no limit of its own.</summary>
    private const int DeliveryLimit = 20;

    /// <summary>What a command's queue is declared with. MassTransit declares its <c>_error</c> and <c>_skipped</c> queues alike.</summary>
    public static IReadOnlyDictionary<string, object?> QueueArguments => new Dictionary<string, object?>
    {
        ["x-queue-type"] = "quorum",
        ["x-delivery-limit"] = DeliveryLimit,
        ["x-dead-letter-exchange"] = DeadLetterExchange,
    };

    /// <summary>Starts the one bus of this process with the consumers that its services offer.</summary>
    public static void AddMessageBus(this IHostApplicationBuilder builder, params Action<IBusRegistrationConfigurator>[] consumers)
    {
        var settings = builder.AddSettings<BrokerSettings>();
        var host = BrokerUri(settings);
        builder.Services.AddSingleton<CommandSender>();
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<BrokerArrival>(services, host));
        builder.Services.Configure<MassTransitHostOptions>(o =>
        {
            // A broker that is away must not keep the API from starting: bulk renewals are accepted all the same.
            o.WaitUntilStarted = false;
            // What has not finished then is delivered again, to whoever is there.
            o.StopTimeout = TimeSpan.FromSeconds(10);
        });
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetKebabCaseEndpointNameFormatter();
            bus.ConfigureHealthCheckOptions(o =>
            {
                o.Name = "rabbitmq";
                o.MinimalFailureStatus = HealthStatus.Degraded;
            });
            bus.AddConfigureEndpointsCallback((_, endpoint) =>
            {
                if (endpoint is not IRabbitMqReceiveEndpointConfigurator queue) return;
                if (IsTemporary(queue))
                {
                    // Hints to this process alone: nobody would ever look into error queues of their own.
                    queue.DiscardFaultedMessages();
                    queue.DiscardSkippedMessages();
                    return;
                }

                queue.SetQuorumQueue();
                queue.SetQueueArgument("x-delivery-limit", DeliveryLimit);
                queue.BindDeadLetterQueue(DeadLetterExchange, DeadLetterQueue, q => q.SetQueueArgument("x-queue-type", "quorum"));
            });
            foreach (var add in consumers) add(bus);
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(host, h =>
                {
                    h.PublisherConfirmation = true;
                    h.Heartbeat(TimeSpan.FromSeconds(10));
                    h.RequestedConnectionTimeout(TimeSpan.FromSeconds(5));
                    h.ConnectionName(builder.Environment.ApplicationName);
                    h.OnRefreshConnectionFactory = _ => context.GetRequiredService<BrokerArrival>().WaitAsync();
                });
                rabbit.ConfigureEndpoints(context);
            });
        });
    }

    /// <summary>Queues that live and die with their process are neither durable nor replicated.</summary>
    private static bool IsTemporary(IRabbitMqReceiveEndpointConfigurator queue) =>
        queue.InputAddress.Query is { } query
        && (query.Contains("temporary=true", StringComparison.Ordinal) || query.Contains("autodelete=true", StringComparison.Ordinal));

    private static Uri BrokerUri(BrokerSettings settings) =>
        Uri.TryCreate(settings.Url, UriKind.Absolute, out var uri) && uri.Scheme is "amqp" or "amqps"
            ? uri
            : throw new SettingsException(["CERTCTL_RABBITMQ_URL is refused: it must be like amqp://user:password@host:5672/vhost."]);
}
