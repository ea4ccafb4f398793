namespace Certctl.Chaos.Books;

/// <summary>Every bulk that was accepted is completed, and its totals are those of its renewals.</summary>
internal sealed class BulkBook : IBook
{
    private const string Bulks = """
        SELECT b.id, b.status, COALESCE(b.total_enqueued, -1), b.total_completed, b.total_failed, b.total_cancelled,
            count(r.id), count(r.id) FILTER (WHERE r.status = 'completed'), count(r.id) FILTER (WHERE r.status = 'failed')
        FROM bulk_renewals b LEFT JOIN renewals r ON r.bulk_renewal_id = b.id
        WHERE b.created_at >= $1 GROUP BY b.id
        """;

    public async Task<IReadOnlyList<string>> FindingsAsync(Entries entries, CancellationToken cancellationToken)
    {
        var findings = new List<string>();
        var known = await entries.Database.RowsAsync(Bulks, row =>
        {
            var (id, status) = (row.GetString(0), row.GetString(1));
            var (enqueued, completed, failed, cancelled) = (row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5));
            if (status != "completed") findings.Add($"bulk {id} is {status}");
            if (enqueued != completed + failed + cancelled) findings.Add($"bulk {id}: {enqueued} enqueued are not {completed} completed, {failed} failed and {cancelled} cancelled");
            if ((enqueued, completed, failed) != (row.GetInt64(6), row.GetInt64(7), row.GetInt64(8))) findings.Add($"bulk {id}: its totals are not its renewals'");
            return id;
        }, cancellationToken, entries.Load.StartedAt.UtcDateTime);
        findings.AddRange(entries.Load.Bulks.Accepted.Except(known).Select(id => $"bulk {id} was accepted and is not there"));
        return findings;
    }
}
