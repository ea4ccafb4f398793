namespace Certctl.Load.Definitions;

/// <summary>The steps that are timed, by the names of their thresholds.</summary>
internal static class Steps
{
    public const string BulkRenew = "bulk-renew";
    public const string Directory = "directory", NewNonce = "new-nonce", RenewalInfo = "renewal-info", UnknownRenewalInfo = "renewal-info, unknown";

    /// <summary>A 429, in the phase that looks for them.</summary>
    public const string Limited = "limited";

    public const string Heartbeat = "heartbeat";

    /// <summary>From the agent's first try to its 202, waits between included.</summary>
    public const string Reconnect = "reconnect";

    public const string Create = "create", List = "list";
}

/// <summary>What the checks after a run find, by the names of their thresholds.</summary>
internal static class Facts
{
    public const string NotEnqueuedFirst = "certificates that the first bulk did not enqueue";
    public const string NotCompleted = "bulks that did not complete";
    public const string Unbalanced = "bulks whose books do not balance";
    public const string Unexplained = "bulks that do not explain what they skip";
    public const string EnqueuedAgain = "renewals enqueued twice";
    public const string NotSucceeded = "renewals failed or cancelled";
    public const string NotRenewed = "certificates not renewed afterwards";
    public const string FirstDrain = "seconds until the first bulk was done";
    public const string Drain = "seconds from the last request until all was done";
    public const string RenewalsPerSecond = "renewals/s, first request to last renewal";

    public const string LetThrough = "requests let through";
    public const string SeenLimited = "requests limited";
    public const string NoncesTwice = "nonces given twice";

    public const string AgentsNotAccepted = "agents that got no 202";
    public const string AgentsNotStored = "agents whose last heartbeat is not stored";
    public const string StoreSeconds = "seconds from the last request until all was stored";
    public const string AbsorbSeconds = "seconds until every agent had a 202";
    public const string Retries = "times an agent was told to come again later";

    public const string BrokenConnections = "connections that broke";

    public const string NotIssued = "certificates created and not issued";
    public const string NotArchived = "certificates created and not archived";

    /// <summary>How late the driver itself was; it is part of every latency.</summary>
    public const string SendLag = "driver late, p99 ms";
}
