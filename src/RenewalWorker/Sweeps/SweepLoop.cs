using Certctl.Contracts;
using Certctl.Core.Hosting;
using Certctl.Core.Renewals;
using Certctl.RenewalWorker.Renewals;
using Npgsql;

namespace Certctl.RenewalWorker.Sweeps;

/// <summary>Every two seconds, on every replica: what fell between a commit and a message is picked up again.</summary>
public sealed class SweepLoop(
    RenewalSweep sweep, RenewalDispatch dispatch, CommandSender sender, RenewalSettings settings, TimeProvider time, ILogger<SweepLoop> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or BrokerUnavailableException or TimeoutException)
            {
                logger.LogWarning("Sweep put off: {Reason}", e.Message);
            }
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        var expired = await sweep.TakeBackExpiredLeasesAsync(cancellationToken);
        if (expired.Count > 0) logger.LogWarning("Took back {Count} renewals whose worker had stopped", expired.Count);
        await sweep.FailOverdueWaitsAsync(settings, cancellationToken);
        await sweep.MarkExpiredAsync(cancellationToken);
        if (!sender.BrokerIsReachable) return;
        await dispatch.SendAsync(await sweep.TakeDueAsync(cancellationToken), cancellationToken);
        foreach (var bulk in await sweep.FindUnexpandedBulksAsync(cancellationToken))
            await sender.SendAsync(Queues.StartBulkRenewal, new StartBulkRenewal(bulk), cancellationToken);
        foreach (var bulk in await sweep.FindCancelledBulksAsync(cancellationToken))
            await sender.SendAsync(Queues.CancelBulkRenewal, new CancelBulkRenewal(bulk), cancellationToken);
        foreach (var bulk in await sweep.FindUnfinishedRevocationsAsync(cancellationToken))
            await sender.SendAsync(Queues.StartBulkRevocation, new StartBulkRevocation(bulk), cancellationToken);
    }
}
