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
    /// <summary>Runs one scan. One that comes while another runs is refused, for as long as Hangfire's lock stands; what it would do, the
    /// other does.</summary>
    [JobDisplayName("Enqueue renewals of certificates that their policies say are due")]
    [Queue(JobQueues.Renewal)]
    [DisableConcurrentExecution(timeoutInSeconds: 1)]
    [AutomaticRetry(Attempts = 0)]
    Task RunAsync(CancellationToken cancellationToken);
}

/// <summary>Recurring job <c>retention</c>: deletes what is past its keeping time (idempotency keys, terminal renewals).</summary>
public interface IRetention
{
    /// <summary>Runs one bounded sweep.</summary>
    [JobDisplayName("Delete renewals, bulks and idempotency keys past their keeping time")]
    [Queue(JobQueues.Renewal)]
    [DisableConcurrentExecution(timeoutInSeconds: 1)]
    [AutomaticRetry(Attempts = 0)]
    Task RunAsync(CancellationToken cancellationToken);
}

/// <summary>Recurring job <c>audit-seals</c>: seals the audit events that are final.</summary>
public interface IAuditSealing
{
    /// <summary>Runs once; what is left goes to the next run. Runs at once take turns by a lock that ends with its connection:
    /// Hangfire's stays for minutes after a worker or PostgreSQL was killed, and nothing would be sealed so long.</summary>
    [JobDisplayName("Seal audit events, so that no change of them goes unseen")]
    [Queue(JobQueues.Renewal)]
    [AutomaticRetry(Attempts = 0)]
    Task RunAsync(CancellationToken cancellationToken);
}

/// <summary>Recurring job <c>acme-gc-nonces</c>: forgets used ACME nonces whose time is over.</summary>
public interface IAcmeNonceSweep
{
    /// <summary>Runs one bounded sweep. One that comes while the last still runs waits a little, then leaves the work to it.</summary>
    [JobDisplayName("Forget used ACME nonces whose time is over")]
    [Queue(JobQueues.Acme)]
    [DisableConcurrentExecution(timeoutInSeconds: 10)]
    [AutomaticRetry(Attempts = 0)]
    Task RunAsync(CancellationToken cancellationToken);
}

/// <summary>Recurring job <c>acme-gc-authorizations</c>: expires pending ACME authorizations whose time is over.</summary>
public interface IAcmeAuthorizationSweep
{
    /// <summary>Runs one bounded sweep. One that comes while the last still runs waits a little, then leaves the work to it.</summary>
    [JobDisplayName("Expire pending ACME authorizations whose time is over")]
    [Queue(JobQueues.Acme)]
    [DisableConcurrentExecution(timeoutInSeconds: 10)]
    [AutomaticRetry(Attempts = 0)]
    Task RunAsync(CancellationToken cancellationToken);
}

/// <summary>Recurring job <c>acme-gc-orders</c>: invalidates ACME orders whose time is over.</summary>
public interface IAcmeOrderSweep
{
    /// <summary>Runs one bounded sweep. One that comes while the last still runs waits a little, then leaves the work to it.</summary>
    [JobDisplayName("Invalidate ACME orders whose time is over")]
    [Queue(JobQueues.Acme)]
    [DisableConcurrentExecution(timeoutInSeconds: 10)]
    [AutomaticRetry(Attempts = 0)]
    Task RunAsync(CancellationToken cancellationToken);
}

/// <summary>Recurring job <c>acme-retention</c>: deletes ACME orders, authorizations and challenges that ended long ago, and rate limits that are full again.</summary>
public interface IAcmeRetention
{
    /// <summary>Runs one bounded sweep. One that comes while the last still runs waits a little, then leaves the work to it.</summary>
    [JobDisplayName("Delete ACME orders and authorizations past their keeping time, and full rate limits")]
    [Queue(JobQueues.Acme)]
    [DisableConcurrentExecution(timeoutInSeconds: 10)]
    [AutomaticRetry(Attempts = 0)]
    Task RunAsync(CancellationToken cancellationToken);
}
