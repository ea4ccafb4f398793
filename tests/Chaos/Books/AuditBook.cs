namespace Certctl.Chaos.Books;

/// <summary>One audit event for each thing that happened, and none for what did not.</summary>
internal sealed class AuditBook : IBook
{
    /// <summary>Each row: what happened, how often by the tables, how often by the audit, and of how many different things.</summary>
    private const string Events = """
        WITH events AS (
            SELECT action, count(*) AS n, count(DISTINCT COALESCE(details ->> 'renewal_id', resource_id)) AS different
            FROM audit_events WHERE timestamp >= $1 GROUP BY action
        ), happened (action, n) AS (
            SELECT 'certificate_issued', count(*) FROM certificate_versions WHERE created_at >= $1
            UNION ALL SELECT 'renewal_failed', count(*) FROM renewals WHERE created_at >= $1 AND status = 'failed'
            UNION ALL SELECT 'bulk_renewal_requested', count(*) FROM bulk_renewals WHERE created_at >= $1
            UNION ALL SELECT 'acme_order_processing', count(*) FROM renewals WHERE created_at >= $1 AND acme_order_id IS NOT NULL
            UNION ALL SELECT 'acme_order_finalized', count(*) FROM renewals WHERE created_at >= $1 AND acme_order_id IS NOT NULL AND status = 'completed'
            UNION ALL SELECT 'renewal_requested', count(*) FROM renewals WHERE created_at >= $1 AND trigger = 'api'
        )
        SELECT action, h.n, COALESCE(e.n, 0), COALESCE(e.different, 0) FROM happened h LEFT JOIN events e USING (action)
        """;

    public async Task<IReadOnlyList<string>> FindingsAsync(Entries entries, CancellationToken cancellationToken)
    {
        var findings = new List<string>();
        await entries.Database.RowsAsync(Events, row =>
        {
            var (action, happened, audited, different) = (row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
            if (audited != happened || different != happened) findings.Add($"{action} happened {happened} times and has {audited} audit events, of {different} things");
            return action;
        }, cancellationToken, entries.Load.StartedAt.UtcDateTime);
        return findings;
    }
}
