namespace Certctl.Chaos.Books;

/// <summary>No serial is there twice, and each version has the serial that was written down before it was signed.</summary>
internal sealed class SerialBook : IBook
{
    /// <summary>Every version and every intention, of all rounds.</summary>
    public const string Twice = """
        SELECT (SELECT count(*) FROM (SELECT FROM certificate_versions GROUP BY issuer_id, serial_number HAVING count(*) > 1) AS versions)
            + (SELECT count(*) FROM (SELECT FROM renewals WHERE serial_number IS NOT NULL GROUP BY serial_number HAVING count(*) > 1) AS intentions)
        """;

    private const string Other = """
        SELECT count(*) FROM certificate_versions v JOIN renewals r ON r.id = v.renewal_id
        WHERE v.created_at >= $1 AND v.serial_number <> r.serial_number
        """;

    public async Task<IReadOnlyList<string>> FindingsAsync(Entries entries, CancellationToken cancellationToken)
    {
        var findings = new List<string>();
        if (await entries.Database.ValueAsync<long>(Twice, cancellationToken) is var twice and > 0) findings.Add($"{twice} serials are there twice");
        if (await entries.Database.ValueAsync<long>(Other, cancellationToken, entries.Load.StartedAt.UtcDateTime) is var other and > 0)
            findings.Add($"{other} versions have a serial that was not written down before");
        return findings;
    }
}
