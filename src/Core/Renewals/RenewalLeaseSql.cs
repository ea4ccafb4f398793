namespace Certctl.Core.Renewals;

public static class RenewalLeaseSql
{
    /// <summary>SQL over <c>renewal_leases l</c>: whether each of its renewals has been written, or was taken away. Before that the
    /// lease must stay: by it alone are those found whose worker stopped.</summary>
    public const string HoldsNothing =
        "NOT EXISTS (SELECT 1 FROM renewals r WHERE r.id = ANY(l.renewal_ids) AND r.lease_token = l.token AND r.status || '' = 'running')";
}
