using Certctl.Contracts;
using Certctl.Core.Hosting;
using Certctl.Core.Renewals;
using Hangfire;

namespace Certctl.RenewalWorker.Scan;

/// <summary>The recurring jobs of this service.</summary>
internal sealed class RecurringJobs(IRecurringJobManager jobs, RenewalSettings settings, TimeProvider time, ILogger<RecurringJobs> logger)
    : JobRegistration(jobs, time, logger)
{
    protected override void Register(IRecurringJobManager jobs)
    {
        jobs.AddOrUpdate<IRenewalScan>("renewal-scan", JobQueues.Renewal, scan => scan.RunAsync(CancellationToken.None), Jobs.Every(settings.ScanInterval));
        jobs.AddOrUpdate<IRetention>("retention", JobQueues.Renewal, retention => retention.RunAsync(CancellationToken.None), "17 * * * *");
        jobs.AddOrUpdate<IAuditSealing>("audit-seals", JobQueues.Renewal, sealing => sealing.RunAsync(CancellationToken.None), Jobs.Every(TimeSpan.FromMinutes(1)));
    }
}
