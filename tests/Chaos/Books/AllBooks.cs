namespace Certctl.Chaos.Books;

/// <summary>Every book, and what they find together. That of the audit is last: it waits for a job, and agents go offline meanwhile.</summary>
internal static class AllBooks
{
    private static readonly IBook[] Books =
        [new FleetBook(), new BulkBook(), new RenewalBook(), new OrderBook(), new SerialBook(), new HeartbeatBook(), new QueueBook(), new AuditBook()];

    public static async Task<IReadOnlyList<string>> FindingsAsync(Entries entries, CancellationToken cancellationToken)
    {
        var findings = new List<string>();
        foreach (var book in Books) findings.AddRange(await book.FindingsAsync(entries, cancellationToken));
        return findings;
    }
}
