using Certctl.Load.Definitions;

namespace Certctl.Load.BulkRenewal;

/// <summary>What the bulks of a run add up to.</summary>
internal static class BulkBooks
{
    /// <param name="first">The bulk that forced before any other was asked for; null when it could not be read.</param>
    /// <param name="later">The others; null where one could not be read.</param>
    /// <param name="certificates">How many each of them matches.</param>
    public static SortedDictionary<string, double> Audit(BulkState? first, IReadOnlyList<BulkState?> later, long certificates)
    {
        BulkState?[] all = [first, .. later];
        return new SortedDictionary<string, double>
        {
            [Facts.NotEnqueuedFirst] = Math.Abs(certificates - (first?.Enqueued ?? 0)),
            [Facts.NotCompleted] = all.Count(b => b?.Status != "completed"),
            [Facts.Unbalanced] = all.Count(b => b?.Balances != true),
            [Facts.Unexplained] = all.Count(b => b?.Explains(certificates) != true),
            [Facts.EnqueuedAgain] = later.Sum(b => b?.Enqueued ?? 0),
            [Facts.NotSucceeded] = all.Sum(b => (b?.Failed ?? 0) + (b?.Cancelled ?? 0)),
        };
    }

    /// <summary>Why the bulks skipped, and how often.</summary>
    public static SortedDictionary<string, long> Reasons(IEnumerable<BulkState?> bulks) =>
        new(bulks.SelectMany(b => b?.Reasons ?? new Dictionary<string, long>()).GroupBy(r => r.Key).ToDictionary(r => r.Key, r => r.Sum(n => n.Value)));
}
