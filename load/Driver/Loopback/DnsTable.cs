using System.Collections.Concurrent;

namespace Certctl.Load.Loopback;

/// <summary>What the responder answers: every name has the address 127.0.0.1, and TXT records come and go.</summary>
internal sealed class DnsTable
{
    private readonly ConcurrentDictionary<(string Name, string Value), byte> texts = new();

    public void AddText(string name, string value) => texts[(Key(name), value)] = 0;

    public void RemoveText(string name, string value) => texts.TryRemove((Key(name), value), out _);

    public IEnumerable<string> Texts(string name)
    {
        var key = Key(name);
        return texts.Keys.Where(t => t.Name == key).Select(t => t.Value);
    }

    private static string Key(string name) => name.TrimEnd('.').ToLowerInvariant();
}
