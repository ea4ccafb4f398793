using System.Collections.Concurrent;
using System.Net;

namespace Certctl.Chaos.Load;

/// <summary>What the fleet answered, by kind of request. Whatever is broken, it may refuse for a while and nothing else.</summary>
internal sealed class Answers
{
    private readonly ConcurrentDictionary<string, long> wrong = new();

    /// <summary>Answers that no outage excuses, with how often they came.</summary>
    public IReadOnlyDictionary<string, long> Wrong => wrong;

    /// <summary>Takes 2xx, 429 and 503, and what the caller says is in order.</summary>
    public void Take(string request, HttpStatusCode status, params ReadOnlySpan<HttpStatusCode> inOrder)
    {
        if ((int)status is >= 200 and < 300 or 429 or 503 || inOrder.Contains(status)) return;
        wrong.AddOrUpdate($"{request} was answered {(int)status}", 1, (_, count) => count + 1);
    }

    /// <summary>Whether a request failed for want of a connection, a time-out included: the client cannot know what became of it.</summary>
    public static bool IsLost(Exception e) => e is HttpRequestException or IOException or OperationCanceledException;
}
