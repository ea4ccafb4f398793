namespace Certctl.Api.Agents;

/// <summary>What to do about an id or a token that the directory does not know.</summary>
internal enum Miss
{
    /// <summary>Look in the database.</summary>
    Look,

    /// <summary>It was looked for in vain a moment ago: it does not exist.</summary>
    Unknown,

    /// <summary>Too many are looked for already: whether it exists is not known.</summary>
    Busy,
}

/// <summary>Keeps unknown ids and tokens from becoming a flood on the database: what was looked for in vain rests for a few
/// seconds, and all together are looked for at a bounded rate.</summary>
internal sealed class MissLimit(TimeProvider time)
{
    private const int MaxResting = 10_000;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly HashSet<object> resting = [];
    private readonly Gcra rate = Gcra.PerSecond(50, burst: 100);
    private DateTimeOffset forgetAt;
    private long arrival;

    public Miss Ask(object key)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (now >= forgetAt || resting.Count >= MaxResting)
            {
                resting.Clear();
                forgetAt = now + Rest;
            }

            if (resting.Contains(key)) return Miss.Unknown;
            return rate.TryTake(ref arrival, now.UtcTicks, out _) ? Miss.Look : Miss.Busy;
        }
    }

    /// <summary>The key was looked for and does not exist.</summary>
    public void Vain(object key)
    {
        lock (gate) resting.Add(key);
    }

    /// <summary>The key exists after all.</summary>
    public void Forget(object key)
    {
        lock (gate) resting.Remove(key);
    }
}
