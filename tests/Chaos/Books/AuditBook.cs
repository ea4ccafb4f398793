using Certctl.Chaos.Fleet;

namespace Certctl.Chaos.Books;

/// <summary>One audit event for each thing that happened, and none for what did not; they are sealed in time, and match their seals.</summary>
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
            UNION ALL SELECT 'acme_order_processing', count(*) FROM renewals
                WHERE created_at >= $1 AND acme_order_id IS NOT NULL AND completed_at IS DISTINCT FROM created_at -- the others were issued at once
            UNION ALL SELECT 'acme_order_finalized', count(*) FROM renewals WHERE created_at >= $1 AND acme_order_id IS NOT NULL AND status = 'completed'
            UNION ALL SELECT 'renewal_requested', count(*) FROM renewals WHERE created_at >= $1 AND trigger = 'api'
        )
        SELECT action, h.n, COALESCE(e.n, 0), COALESCE(e.different, 0) FROM happened h LEFT JOIN events e USING (action)
        """;

    /// <summary>Of events that have had their time: the job runs once a minute, and what a fault keeps from one run is sealed by the next.
    /// While there is no seal at all, every event.</summary>
    private const string Unsealed = """
        SELECT count(*) FROM audit_events
        WHERE id > COALESCE((SELECT max(to_sequence) FROM audit_seals), 0)
            AND (timestamp < now() - interval '150 seconds' OR NOT EXISTS (SELECT 1 FROM audit_seals))
        """;

    private static readonly TimeSpan SealPatience = TimeSpan.FromSeconds(90);

    private string? lastSeal;

    public async Task<IReadOnlyList<string>> FindingsAsync(Entries entries, CancellationToken cancellationToken)
    {
        var findings = new List<string>();
        await entries.Database.RowsAsync(Events, row =>
        {
            var (action, happened, audited, different) = (row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
            if (audited != happened || different != happened) findings.Add($"{action} happened {happened} times and has {audited} audit events, of {different} things");
            return action;
        }, cancellationToken, entries.Load.StartedAt.UtcDateTime);
        findings.AddRange(await SealFindingsAsync(entries, cancellationToken));
        return findings;
    }

    /// <summary>The last seal of the round before must be in the chain still.</summary>
    private async Task<IReadOnlyList<string>> SealFindingsAsync(Entries entries, CancellationToken cancellationToken)
    {
        long? unsealed = null;
        if (!await Pause.UntilAsync(
            async () => (unsealed = await entries.Database.TryCountAsync(Unsealed, cancellationToken)) == 0, SealPatience, cancellationToken, TimeSpan.FromSeconds(1)))
            return [$"{unsealed} audit events are not sealed after four minutes"];
        var (status, said) = await entries.Fleet[Service.Api].RunAsync(lastSeal is null ? ["verify-audit"] : ["verify-audit", lastSeal], cancellationToken);
        lastSeal = await entries.Database.ValueAsync<string>("SELECT encode(seal, 'hex') FROM audit_seals ORDER BY from_sequence DESC LIMIT 1", cancellationToken);
        return status == 0 ? [] : [$"verify-audit ended with {status}: {said}"];
    }
}
