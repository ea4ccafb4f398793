using Microsoft.Extensions.Caching.Memory;

namespace Certctl.AcmeService;

/// <summary>
/// Rows that this process wrote or read a moment ago, for the request that its client sends next: it need not read what is known here.
/// Only what never changes of a row may be believed; what may change, a statement must hold against the row. Another replica, and
/// whoever comes later, reads.
/// </summary>
/// <param name="size">The most that is kept, in what <see cref="Add"/> weighs: beyond it some are dropped, and the newest are not kept.</param>
public sealed class Recent<T>(int size) : IDisposable where T : class
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(30);

    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = size });

    /// <param name="weight">How much of the size it takes.</param>
    public void Add(string id, T row, int weight = 1) => cache.Set(id, row, new MemoryCacheEntryOptions { Size = weight, AbsoluteExpirationRelativeToNow = Moment });

    public T? Find(string id) => cache.Get<T>(id);

    /// <summary>Finds it for once: whoever asks again reads.</summary>
    public T? Take(string id)
    {
        var row = Find(id);
        if (row is not null) cache.Remove(id);
        return row;
    }

    public void Dispose() => cache.Dispose();
}
