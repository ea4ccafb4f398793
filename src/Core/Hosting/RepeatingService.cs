using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Certctl.Core.Hosting;

/// <summary>Does something every so often for as long as the process lives. Whatever goes wrong is logged and tried again at
/// the next turn: an exception that leaves a background service would stop the whole process.</summary>
public abstract class RepeatingService(TimeSpan interval, TimeProvider time, ILogger logger) : BackgroundService
{
    protected TimeSpan Interval { get; } = interval;

    protected TimeProvider Time { get; } = time;

    /// <summary>One turn.</summary>
    protected abstract Task RunOnceAsync(CancellationToken cancellationToken);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, Time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await TryRunAsync(stoppingToken);
    }

    /// <summary>One turn whose failure is logged; also for a first turn before the process serves.</summary>
    protected async Task TryRunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RunOnceAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogWarning("{Service} is tried again in {Interval}: {Reason}", GetType().Name, Interval, e.Message);
        }
    }
}
