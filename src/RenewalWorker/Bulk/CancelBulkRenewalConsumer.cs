using Certctl.Contracts;
using Certctl.Core.Hosting;
using MassTransit;

namespace Certctl.RenewalWorker.Bulk;

/// <summary>Ends a bulk's expansion where it stands, then cancels what has not started.</summary>
public sealed class CancelBulkRenewalConsumer(BulkExpansion expansion, BulkCancellation cancellation) : IConsumer<CancelBulkRenewal>
{
    public async Task Consume(ConsumeContext<CancelBulkRenewal> context)
    {
        await expansion.CloseCancelledAsync(context.Message.BulkRenewalId, context.CancellationToken);
        await cancellation.CancelAsync(context.Message.BulkRenewalId, context.CancellationToken);
    }
}

public sealed class CancelBulkRenewalConsumerDefinition : ConsumerDefinition<CancelBulkRenewalConsumer>
{
    public CancelBulkRenewalConsumerDefinition() => ConcurrentMessageLimit = 1;

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<CancelBulkRenewalConsumer> consumerConfigurator, IRegistrationContext context) =>
        endpointConfigurator.UseRetries();
}
