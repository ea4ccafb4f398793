using Hangfire;

namespace Certctl.Contracts;

/// <summary>Hangfire queue names; each is served by one service.</summary>
public static class JobQueues
{
    /// <summary>Served by RenewalWorker.</summary>
    public const string Renewal = "renewal";

    /// <summary>Served by AcmeService.</summary>
    public const string Acme = "acme";
}

/// <summary>Recurring job <c>renewal-scan</c>: enqueues a renewal for each certificate that its policy says is due.</summary>
public interface IRenewalScan
{
    /// <summary>Runs one scan. Overlapping runs are refused: a scan that is still running does the work of the next.</summary>
    [Queue(JobQueues.Renewal)]
    [DisableConcurrentExecution(timeoutInSeconds: 1)]
    [AutomaticRetry(Attempts = 0)]
    Task RunAsync(CancellationToken cancellationToken);
}

/// <summary>Recurring job <c>retention</c>: deletes what is past its keeping time (idempotency keys, terminal renewals).</summary>
public interface IRetention
{
    /// <summary>Runs one bounded sweep.</summary>
    [Queue(JobQueues.Renewal)]
    [DisableConcurrentExecution(timeoutInSeconds: 1)]
    [AutomaticRetry(Attempts = 0)]
    Task RunAsync(CancellationToken cancellationToken);
}
