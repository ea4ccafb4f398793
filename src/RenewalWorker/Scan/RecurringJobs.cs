using Certctl.Contracts;
using Certctl.Core.Hosting;
using Certctl.Core.Renewals;
using Hangfire;

namespace Certctl.RenewalWorker.Scan;

/// <summary>Tells Hangfire about the recurring jobs of this service; every replica says the same.</summary>
internal sealed class RecurringJobs(IRecurringJobManager jobs, RenewalSettings settings) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        jobs.AddOrUpdate<IRenewalScan>("renewal-scan", JobQueues.Renewal, scan => scan.RunAsync(CancellationToken.None), Jobs.Every(settings.ScanInterval));
        jobs.AddOrUpdate<IRetention>("retention", JobQueues.Renewal, retention => retention.RunAsync(CancellationToken.None), "17 * * * *");
        jobs.AddOrUpdate<IAuditSealing>("audit-seals", JobQueues.Renewal, sealing => sealing.RunAsync(CancellationToken.None), Jobs.Every(TimeSpan.FromMinutes(1)));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
