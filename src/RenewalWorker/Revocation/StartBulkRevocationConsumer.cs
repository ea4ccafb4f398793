using Certctl.Contracts;
using Certctl.Core.Hosting;
using MassTransit;

namespace Certctl.RenewalWorker.Revocation;

/// <summary>Does whatever bulk revocation is due, the one of the message included.</summary>
public sealed class StartBulkRevocationConsumer(BulkRevocationRun run) : IConsumer<StartBulkRevocation>
{
    public async Task Consume(ConsumeContext<StartBulkRevocation> context)
    {
        while (await run.RunNextAsync(context.CancellationToken))
        {
        }
    }
}

public sealed class StartBulkRevocationConsumerDefinition : ConsumerDefinition<StartBulkRevocationConsumer>
{
    public StartBulkRevocationConsumerDefinition() => ConcurrentMessageLimit = 1;

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<StartBulkRevocationConsumer> consumerConfigurator, IRegistrationContext context) =>
        endpointConfigurator.UseRetries();
}
