using Certctl.Contracts;
using Certctl.Core.Hosting;
using Certctl.Core.Issuance;
using Certctl.Core.Renewals;
using MassTransit;

namespace Certctl.RenewalWorker.Renewals;

/// <summary>Works on a chunk of a bulk's or a scan's renewals.</summary>
public sealed class RenewCertificatesConsumer(RenewalWork work) : IConsumer<RenewCertificates>
{
    public Task Consume(ConsumeContext<RenewCertificates> context) =>
        work.RunAsync(context.Message.RenewalIds, context.CancellationToken);
}

/// <summary>A few chunks at once: while one is written, the next is signed.</summary>
public sealed class RenewCertificatesConsumerDefinition : ConsumerDefinition<RenewCertificatesConsumer>
{
    public RenewCertificatesConsumerDefinition(RenewalSettings settings) => ConcurrentMessageLimit = settings.Concurrency;

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<RenewCertificatesConsumer> consumerConfigurator, IRegistrationContext context)
    {
        endpointConfigurator.PrefetchCount = 2 * ConcurrentMessageLimit ?? 0;
        endpointConfigurator.UseRetries();
    }
}
