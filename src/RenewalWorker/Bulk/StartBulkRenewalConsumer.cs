using Certctl.Contracts;
using Certctl.Core.Hosting;
using Certctl.RenewalWorker.Renewals;
using MassTransit;

namespace Certctl.RenewalWorker.Bulk;

/// <summary>Expands whatever bulk is due, the one of the message included, and hands the renewals to the workers in chunks.</summary>
public sealed class StartBulkRenewalConsumer(BulkExpansion expansion, RenewalDispatch dispatch) : IConsumer<StartBulkRenewal>
{
    public async Task Consume(ConsumeContext<StartBulkRenewal> context)
    {
        // Work begins while the expansion goes on. A chunk whose messages fail to leave is published by the sweep.
        while (await expansion.ExpandNextAsync(context.CancellationToken) is { } chunk)
            await dispatch.SendAsync(chunk.Pending, context.CancellationToken);
    }
}

/// <summary>One expansion at a time in each process; the advisory lock holds the fleet to one.</summary>
public sealed class StartBulkRenewalConsumerDefinition : ConsumerDefinition<StartBulkRenewalConsumer>
{
    public StartBulkRenewalConsumerDefinition() => ConcurrentMessageLimit = 1;

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<StartBulkRenewalConsumer> consumerConfigurator, IRegistrationContext context) =>
        endpointConfigurator.UseRetries();
}
