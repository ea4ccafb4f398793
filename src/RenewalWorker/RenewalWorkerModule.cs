using Certctl.Contracts;
using Certctl.Core.Hosting;
using Certctl.RenewalWorker.Auditing;
using Certctl.RenewalWorker.Bulk;
using Certctl.RenewalWorker.DeadLetters;
using Certctl.RenewalWorker.Metrics;
using Certctl.RenewalWorker.Renewals;
using Certctl.RenewalWorker.Revocation;
using Certctl.RenewalWorker.Scan;
using Certctl.RenewalWorker.Sweeps;
using MassTransit;

namespace Certctl.RenewalWorker;

/// <summary>Bulk expansion, renewals, the renewal scan and the sweeps.</summary>
public static class RenewalWorkerModule
{
    public static void AddRenewalWorker(this WebApplicationBuilder builder)
    {
        builder.AddJobStorage();
        builder.AddJobServer(JobQueues.Renewal);
        builder.Services.AddSingleton<BulkExpansion>();
        builder.Services.AddSingleton<BulkCancellation>();
        builder.Services.AddSingleton<BulkRevocationRun>();
        builder.Services.AddSingleton<RenewalDispatch>();
        builder.Services.AddSingleton<RenewalSweep>();
        builder.Services.AddScoped<IRenewalScan, RenewalScan>();
        builder.Services.AddScoped<IRetention, Retention>();
        builder.Services.AddScoped<IAuditSealing, AuditSealJob>();
        builder.Services.AddHostedService<SweepLoop>();
        builder.Services.AddHostedService<ExpiryLoop>();
        builder.Services.AddHostedService<RecurringJobs>();
        builder.Services.AddSingleton<BrokerConnection>();
        builder.Services.AddSingleton<ErrorQueues>();
        builder.Services.AddSingleton<DeadLetterStore>();
        builder.Services.AddSingleton<DeadLetterCollection>();
        builder.Services.AddSingleton<DeadLetterRequeue>();
        builder.Services.AddHostedService<DeadLetterLoop>();
        builder.Services.AddSingleton<QueueDepth>();
        builder.Services.AddHostedService(services => services.GetRequiredService<QueueDepth>());
        builder.Services.AddHostedService<RenewalBacklog>();
        builder.Services.AddHostedService<AuditBacklog>();
    }

    public static void AddRenewalWorkerConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<StartBulkRenewalConsumer, StartBulkRenewalConsumerDefinition>();
        bus.AddConsumer<CancelBulkRenewalConsumer, CancelBulkRenewalConsumerDefinition>();
        bus.AddConsumer<StartBulkRevocationConsumer, StartBulkRevocationConsumerDefinition>();
        bus.AddConsumer<RenewCertificatesConsumer, RenewCertificatesConsumerDefinition>();
        bus.AddConsumer<RenewCertificateConsumer, RenewCertificateConsumerDefinition>();
    }
}
