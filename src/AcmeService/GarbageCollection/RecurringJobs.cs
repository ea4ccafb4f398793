using Certctl.Contracts;
using Certctl.Core.Hosting;
using Certctl.Core.Hosting.Settings;
using Hangfire;

namespace Certctl.AcmeService.GarbageCollection;

/// <summary>The recurring jobs of this service.</summary>
internal sealed class RecurringJobs(
    IRecurringJobManager jobs, AcmeServerSettings acme, GarbageCollectionSettings settings, TimeProvider time, ILogger<RecurringJobs> logger)
    : JobRegistration(jobs, time, logger)
{
    protected override void Register(IRecurringJobManager jobs)
    {
        if (acme.Enabled && settings.Interval > TimeSpan.Zero)
        {
            var often = Jobs.Every(settings.Interval);
            jobs.AddOrUpdate<IAcmeNonceSweep>(NonceSweep.JobId, JobQueues.Acme, job => job.RunAsync(CancellationToken.None), often);
            jobs.AddOrUpdate<IAcmeAuthorizationSweep>(AuthorizationSweep.JobId, JobQueues.Acme, job => job.RunAsync(CancellationToken.None), often);
            jobs.AddOrUpdate<IAcmeOrderSweep>(OrderSweep.JobId, JobQueues.Acme, job => job.RunAsync(CancellationToken.None), often);
        }
        else
        {
            foreach (var id in (string[])[NonceSweep.JobId, AuthorizationSweep.JobId, OrderSweep.JobId]) jobs.RemoveIfExists(id);
        }

        if (acme.Enabled) jobs.AddOrUpdate<IAcmeRetention>(AcmeRetention.JobId, JobQueues.Acme, job => job.RunAsync(CancellationToken.None), "41 * * * *");
        else jobs.RemoveIfExists(AcmeRetention.JobId);
    }
}
