using Hangfire;
using Hangfire.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Certctl.Core.Hosting;

/// <summary>Tells Hangfire about the recurring jobs of a service; every replica says the same. Nobody's start depends on it: a process
/// that was killed while it did so leaves Hangfire's lock behind (<see cref="Jobs.LockTimeout"/>), and the next must serve all the
/// same.</summary>
public abstract class JobRegistration(IRecurringJobManager jobs, TimeProvider time, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    /// <summary>A start waits this long, so that whoever looks right after it finds the jobs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        await Task.WhenAny(ExecuteTask!, Task.Delay(Patience, time, cancellationToken));
    }

    /// <summary>Registers all; may be called again after it threw.</summary>
    protected abstract void Register(IRecurringJobManager jobs);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!await TryRegisterAsync(stoppingToken)) await Task.Delay(RetryInterval, time, stoppingToken);
    }

    private async Task<bool> TryRegisterAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Waits for locks, and blocks its thread meanwhile; a process that stops does not wait for it.
            await Task.Factory.StartNew(() => Register(jobs), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .WaitAsync(stoppingToken);
            return true;
        }
        catch (Exception e) when (e is DistributedLockTimeoutException || Outage.IsOfDatabaseOrTimeOut(e))
        {
            logger.LogWarning("Recurring jobs are registered later: {Reason}", e.Message);
            return false;
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            logger.LogError(e, "Recurring jobs are not registered; this is tried again in {Interval}", RetryInterval);
            return false;
        }
    }
}
