namespace Certctl.Chaos.Books;

/// <summary>Every renewal is done, with exactly one version, and no certificate waits for one that has ended. Each has four attempts, a
/// round breaks two things at most, and poison names no renewal: no fault excuses one that failed.</summary>
internal sealed class RenewalBook : IBook
{
    private const string Renewals = """
        WITH issued AS (SELECT renewal_id, count(*) AS n, min(id) AS id FROM certificate_versions WHERE created_at >= $1 GROUP BY renewal_id)
        SELECT count(*),
            count(*) FILTER (WHERE r.status = 'completed' AND i.n = 1 AND i.id = r.version_id),
            count(*) FILTER (WHERE r.status = 'failed' AND r.last_error <> '' AND i.n IS NULL),
            count(*) FILTER (WHERE i.n > 1)
        FROM renewals r LEFT JOIN issued i ON i.renewal_id = r.id
        WHERE r.created_at >= $1
        """;

    private const string Waiting = "SELECT count(*) FROM managed_certificates WHERE status IN ('RenewalInProgress', 'Pending')";

    private const string Why = "SELECT COALESCE(max(last_error), 'without a reason') FROM renewals WHERE created_at >= $1 AND status = 'failed'";

    private const string Known = "SELECT count(*) FROM renewals WHERE id = ANY($1)";

    public async Task<IReadOnlyList<string>> FindingsAsync(Entries entries, CancellationToken cancellationToken)
    {
        var findings = new List<string>();
        var count = await CountAsync(entries, cancellationToken);
        if (count.Lost > 0) findings.Add($"{count.Lost} renewals have neither one version nor a recorded failure");
        if (count.Failed > 0) findings.Add($"{count.Failed} renewals failed: {await entries.Database.ValueAsync<string>(Why, cancellationToken, entries.Load.StartedAt.UtcDateTime)}");
        if (count.Twice > 0) findings.Add($"{count.Twice} renewals have more than one version");
        if (await entries.Database.ValueAsync<long>(Waiting, cancellationToken) is var waiting and > 0) findings.Add($"{waiting} certificates are still RenewalInProgress");
        string[] single = [.. entries.Load.Renewals.Accepted.Select(r => r.Id)];
        if (single.Length - await entries.Database.ValueAsync<long>(Known, cancellationToken, (object)single) is var gone and > 0) findings.Add($"{gone} renewals were accepted and are not there");
        return findings;
    }

    /// <summary>Of every renewal since the round began: the ACME orders' are among them.</summary>
    public static async Task<RenewalCount> CountAsync(Entries entries, CancellationToken cancellationToken) =>
        (await entries.Database.RowsAsync(
            Renewals, row => new RenewalCount(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)),
            cancellationToken, entries.Load.StartedAt.UtcDateTime))[0];
}

/// <param name="Accepted">All of them.</param>
/// <param name="Done">Completed, with exactly the version that they name.</param>
/// <param name="Failed">With their reason, and without a version.</param>
/// <param name="Twice">With more than one version.</param>
internal sealed record RenewalCount(long Accepted, long Done, long Failed, long Twice)
{
    /// <summary>Neither of these.</summary>
    public long Lost => Accepted - Done - Failed - Twice;
}
