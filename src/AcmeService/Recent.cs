using Microsoft.Extensions.Caching.Memory;

namespace Certctl.AcmeService;

/// <summary>
/// Rows that this process wrote or read a moment ago, for the request that their account sends next: it need not read what is known here.
/// Only what never changes of a row may be believed; what may change, a statement must hold against the row. Another replica, and
/// whoever comes later, reads.
/// </summary>
/// <param name="size">The most that is kept, in what <see cref="Add"/> weighs: beyond it some are dropped, and the newest are not kept.</param>
public sealed class Recent<T>(int size) : IDisposable where T : class
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(30);

    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = size });

    /// <param name="weight">How much of the size it takes.</param>
    public void Add(string id, string accountId, string profileId, T row, int weight = 1) => Set(id, new Entry(accountId, profileId, row, weight));

    /// <summary>Only their own account's, only at their own profile.</summary>
    public T? Find(string id, string accountId, string profileId) =>
        cache.Get<Entry>(id) is { } entry && entry.AccountId == accountId && entry.ProfileId == profileId ? entry.Row : null;

    /// <summary>Finds it for once: whoever asks again reads.</summary>
    public T? Take(string id, string accountId, string profileId)
    {
        var row = Find(id, accountId, profileId);
        if (row is not null) cache.Remove(id);
        return row;
    }

    /// <summary>This process has written it again; of one that is not known any more nothing is kept.</summary>
    public void Change(string id, Func<T, T> change)
    {
        if (cache.Get<Entry>(id) is { } entry) Set(id, entry with { Row = change(entry.Row) });
    }

    public void Dispose() => cache.Dispose();

    private void Set(string id, Entry entry) =>
        cache.Set(id, entry, new MemoryCacheEntryOptions { Size = entry.Weight, AbsoluteExpirationRelativeToNow = Moment });

    private sealed record Entry(string AccountId, string ProfileId, T Row, int Weight);
}
