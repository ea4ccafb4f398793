using Certctl.Contracts;
using Certctl.Core.Hosting;
using Certctl.Core.Issuance;
using MassTransit;

namespace Certctl.RenewalWorker.Renewals;

/// <summary>Works on one interactive renewal; on a queue of its own, so that a bulk never starves it.</summary>
public sealed class RenewCertificateConsumer(RenewalWork work) : IConsumer<RenewCertificate>
{
    public Task Consume(ConsumeContext<RenewCertificate> context) =>
        work.RunAsync([context.Message.RenewalId], context.CancellationToken);
}

public sealed class RenewCertificateConsumerDefinition : ConsumerDefinition<RenewCertificateConsumer>
{
    public RenewCertificateConsumerDefinition() => ConcurrentMessageLimit = 4;

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<RenewCertificateConsumer> consumerConfigurator, IRegistrationContext context) =>
        endpointConfigurator.UseRetries();
}
