using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Certctl.Chaos.Load;

/// <summary>Forced bulk renewals, one after the other. Each is asked for until it is accepted, always with the same Idempotency-Key.</summary>
internal sealed class BulkLoad(HttpClient http, IReadOnlyList<object> requests, Answers answers)
{
    private readonly ConcurrentQueue<string> accepted = [];

    /// <summary>Ids of the bulks that were answered 202.</summary>
    public IReadOnlyCollection<string> Accepted => accepted;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var request in requests)
        {
            var key = $"{Guid.NewGuid():N}";
            if (!await Pause.UntilAsync(() => TryAsync(request, key, cancellationToken), TimeSpan.FromSeconds(90), cancellationToken, TimeSpan.FromMilliseconds(500)))
                throw new TimeoutException("No bulk renewal was accepted within 90 s.");
        }
    }

    private async Task<bool> TryAsync(object request, string key, CancellationToken cancellationToken)
    {
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, "certificates/bulk-renew") { Content = JsonContent.Create(request) };
            message.Headers.Add("Idempotency-Key", key);
            using var answer = await http.SendAsync(message, cancellationToken);
            answers.Take("bulk-renew", answer.StatusCode);
            if (answer.StatusCode != HttpStatusCode.Accepted) return false;
            accepted.Enqueue((await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("id").GetString()!);
            return true;
        }
        catch (Exception e) when (Answers.IsLost(e) && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
