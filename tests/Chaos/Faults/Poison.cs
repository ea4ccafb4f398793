using System.Collections.Concurrent;

namespace Certctl.Chaos.Faults;

/// <summary>The poison that was sent in this round: what the dead letters must be afterwards, each of it at least once, and nothing else.</summary>
internal sealed class Poison
{
    private readonly ConcurrentDictionary<(string Queue, string Payload), bool> sent = new();

    /// <summary>What has not been found among the dead letters yet.</summary>
    public IEnumerable<string> Missing => sent.Where(s => !s.Value).Select(s => s.Key.Queue);

    /// <param name="payload">Base64.</param>
    public void Sent(string queue, string payload) => sent[(queue, payload)] = false;

    /// <summary>Whether this dead letter of this queue is poison of this round.</summary>
    public bool Found(string queue, string payload) => sent.TryUpdate((queue, payload), true, false) || sent.ContainsKey((queue, payload));
}
