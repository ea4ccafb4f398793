using Certctl.RenewalWorker.Bulk;
using Certctl.RenewalWorker.Renewals;
using Certctl.RenewalWorker.Sweeps;
using MassTransit;

namespace Certctl.RenewalWorker;

/// <summary>Bulk expansion, renewals, the renewal scan and the sweeps.</summary>
public static class RenewalWorkerModule
{
    public static void AddRenewalWorker(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<BulkExpansion>();
        builder.Services.AddSingleton<RenewalDispatch>();
        builder.Services.AddSingleton<RenewalSweep>();
        builder.Services.AddHostedService<SweepLoop>();
    }

    public static void AddRenewalWorkerConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<StartBulkRenewalConsumer, StartBulkRenewalConsumerDefinition>();
        bus.AddConsumer<RenewCertificatesConsumer, RenewCertificatesConsumerDefinition>();
        bus.AddConsumer<RenewCertificateConsumer, RenewCertificateConsumerDefinition>();
    }

    public static void MapRenewalWorker(this WebApplication app)
    {
    }
}
