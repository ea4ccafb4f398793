using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Certctl.Bench;

/// <summary>Heartbeats at a fixed rate, each timed from the instant at which it was due (no coordinated omission).</summary>
internal static class FixedRate
{
    /// <summary>In milliseconds: longer than any answer may take.</summary>
    public const double Failed = 60_000;

    private static readonly TimeSpan VisibleWithin = TimeSpan.FromSeconds(10);

    /// <returns>Milliseconds of each answer; whatever is no 202 counts as <see cref="Failed"/>.</returns>
    public static async Task<double[]> AnswersAsync(HttpClient http, string token, double perSecond, TimeSpan duration)
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        var pending = new List<Task<double>>();
        while (time.GetElapsedTime(started) is var now && now < duration)
        {
            for (var due = pending.Count / perSecond; due <= now.TotalSeconds; due = pending.Count / perSecond)
                pending.Add(TimeAsync(http, token, time, started, due));
            await Task.Delay(TimeSpan.FromMilliseconds(1), time);
        }

        return await Task.WhenAll(pending);
    }

    /// <returns>Milliseconds from a 202 until GET /agents/{id} shows that heartbeat, one agent after the other.</returns>
    public static async Task<double[]> VisibilitiesAsync(HttpClient http, string token, string viewer, int count)
    {
        var result = new double[count];
        for (var i = 0; i < count; i++)
        {
            var id = Agent();
            var before = TimeProvider.System.GetUtcNow();
            using var accepted = await BeatAsync(http, token, id);
            accepted.EnsureSuccessStatusCode();
            var started = TimeProvider.System.GetTimestamp();
            while (await LastHeartbeatAsync(http, viewer, id) < before)
            {
                // Below the rate that one API key may ask at.
                await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
                if (TimeProvider.System.GetElapsedTime(started) > VisibleWithin) throw new TimeoutException($"The heartbeat of {id} never showed.");
            }

            result[i] = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
        }

        return result;
    }

    public static double Percentile(double[] values, double share)
    {
        var ordered = values.Order().ToArray();
        return ordered[Math.Min(ordered.Length - 1, (int)(ordered.Length * share))];
    }

    private static async Task<double> TimeAsync(HttpClient http, string token, TimeProvider time, long started, double due)
    {
        try
        {
            using var answer = await BeatAsync(http, token, Agent());
            var elapsed = time.GetElapsedTime(started).TotalSeconds - due;
            return answer.StatusCode == System.Net.HttpStatusCode.Accepted ? elapsed * 1000 : Failed;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            Console.Error.WriteLine($"at a fixed rate: {e.Message} {e.InnerException?.Message}");
            return Failed;
        }
    }

    private static async Task<HttpResponseMessage> BeatAsync(HttpClient http, string token, string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/agents/{id}/heartbeat")
        {
            Content = new StringContent("""{"version":"1.0.0","os":"linux","architecture":"amd64"}""", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request);
    }

    private static async Task<DateTimeOffset> LastHeartbeatAsync(HttpClient http, string viewer, string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/agents/{id}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", viewer);
        using var answer = await http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        var agent = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return agent.GetProperty("last_heartbeat_at").GetDateTimeOffset();
    }

    private static string Agent() =>
        "ag-loadtest-" + Random.Shared.Next(1, BenchSeed.Agents + 1).ToString("D5", CultureInfo.InvariantCulture);
}
