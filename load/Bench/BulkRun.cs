using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Certctl.Bench;

/// <summary>One bulk renewal of a running instance, from its POST until the last certificate is stored.</summary>
/// <param name="AcceptedMs">Until the 202.</param>
/// <param name="Seconds">Until its books are closed: enqueued = completed.</param>
internal sealed record BulkRun(double AcceptedMs, double Seconds, int Enqueued, double PerSecond)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <param name="environment">The certificates to renew, by force.</param>
    /// <exception cref="InvalidOperationException">It was refused, some certificate failed, or it did not end.</exception>
    public static async Task<BulkRun> RunAsync(HttpClient http, string token, string environment)
    {
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        (await http.GetAsync("/api/v1/version")).EnsureSuccessStatusCode(); // The connection is not part of it.
        var clock = Stopwatch.StartNew();
        var accepted = await http.PostAsJsonAsync("/api/v1/certificates/bulk-renew", new { environment, force = true });
        var acceptedMs = clock.Elapsed.TotalMilliseconds;
        accepted.EnsureSuccessStatusCode();
        while (clock.Elapsed < Limit)
        {
            var bulk = await http.GetFromJsonAsync<JsonElement>(accepted.Headers.Location);
            if (bulk.GetProperty("status").GetString() is "queued" or "running")
            {
                await Task.Delay(Look);
                continue;
            }

            var seconds = clock.Elapsed.TotalSeconds;
            var enqueued = bulk.GetProperty("total_enqueued").GetInt32();
            if (bulk.GetProperty("total_completed").GetInt32() != enqueued || enqueued == 0) throw new InvalidOperationException($"It did not renew all: {bulk}");
            return new BulkRun(acceptedMs, seconds, enqueued, enqueued / seconds);
        }

        throw new InvalidOperationException($"It did not end within {Limit.TotalMinutes} minutes.");
    }
}
