namespace Certctl.Api.Agents;

/// <summary>Keeps unknown ids and tokens from becoming a flood on the database: a key that was looked for in vain rests for
/// a few seconds, and all keys together are looked for at a bounded rate. What is not looked for counts as unknown;
/// the directory's refresh finds it a moment later if it exists.</summary>
internal sealed class MissLimit(TimeProvider time)
{
    private const int MaxResting = 10_000;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly HashSet<object> resting = [];
    private readonly Gcra rate = Gcra.PerSecond(50, burst: 100);
    private DateTimeOffset forgetAt;
    private long arrival;

    /// <summary>Whether to look in the database now; the key then rests.</summary>
    public bool MayLookFor(object key)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (now >= forgetAt || resting.Count >= MaxResting)
            {
                resting.Clear();
                forgetAt = now + Rest;
            }

            return !resting.Contains(key) && rate.TryTake(ref arrival, now.UtcTicks, out _) && resting.Add(key);
        }
    }

    /// <summary>The key exists after all.</summary>
    public void Forget(object key)
    {
        lock (gate) resting.Remove(key);
    }
}
