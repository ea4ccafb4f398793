using Certctl.Contracts;
using Certctl.Core.Hosting;
using Certctl.Core.Renewals;
using Certctl.RenewalWorker.Metrics;
using Certctl.RenewalWorker.Renewals;

namespace Certctl.RenewalWorker.Sweeps;

/// <summary>Every two seconds, on every replica: what fell between a commit and a message is picked up again.</summary>
internal sealed class SweepLoop(
    RenewalSweep sweep, RenewalDispatch dispatch, CommandSender sender, QueueDepth depth, RenewalSettings settings, TimeProvider time, ILogger<SweepLoop> logger)
    : RepeatingService(TimeSpan.FromSeconds(2), time, logger)
{
    /// <summary>With more messages than this in the queue, what is pending most likely has one of them.</summary>
    private const long Backlog = 20;

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var expired = await sweep.TakeBackExpiredLeasesAsync(cancellationToken);
        if (expired.Count > 0) logger.LogWarning("Took back {Count} renewals whose worker had stopped", expired.Count);
        await sweep.ForgetExpiredLeasesAsync(cancellationToken);
        await sweep.FailOverdueWaitsAsync(settings, cancellationToken);
        if (!sender.BrokerIsReachable) return;
        if (depth.Of(Queues.RenewCertificates) <= Backlog) await dispatch.SendAsync(await sweep.TakeDueAsync(cancellationToken), cancellationToken);
        foreach (var bulk in await sweep.FindUnexpandedBulksAsync(cancellationToken))
            await sender.SendAsync(Queues.StartBulkRenewal, new StartBulkRenewal(bulk), cancellationToken);
        foreach (var bulk in await sweep.FindCancelledBulksAsync(cancellationToken))
            await sender.SendAsync(Queues.CancelBulkRenewal, new CancelBulkRenewal(bulk), cancellationToken);
        foreach (var bulk in await sweep.FindUnfinishedRevocationsAsync(cancellationToken))
            await sender.SendAsync(Queues.StartBulkRevocation, new StartBulkRevocation(bulk), cancellationToken);
    }
}

/// <summary>Once a minute: certificates that ran out say so.</summary>
internal sealed class ExpiryLoop(RenewalSweep sweep, TimeProvider time, ILogger<ExpiryLoop> logger)
    : RepeatingService(TimeSpan.FromMinutes(1), time, logger)
{
    protected override Task RunOnceAsync(CancellationToken cancellationToken) => sweep.MarkExpiredAsync(cancellationToken);
}
