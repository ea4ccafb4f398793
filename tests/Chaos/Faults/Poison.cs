using System.Collections.Concurrent;

namespace Certctl.Chaos.Faults;

/// <summary>The poison that was sent in this round: what error queues must hold afterwards, each at least once, and nothing else.</summary>
internal sealed class Poison
{
    private readonly ConcurrentDictionary<(string Queue, string Payload), bool> sent = new();

    /// <summary>What has not been found in an error queue yet.</summary>
    public IEnumerable<string> Missing => sent.Where(s => !s.Value).Select(s => s.Key.Queue);

    /// <param name="payload">Base64.</param>
    public void Sent(string queue, string payload) => sent[(queue, payload)] = false;

    /// <summary>Whether what lies in the error queue of this queue is poison of this round. It may be there twice: a worker that dies
    /// between moving it and acknowledging it gets it again.</summary>
    public bool Found(string queue, string payload) => sent.TryUpdate((queue, payload), true, false) || sent.ContainsKey((queue, payload));
}
