using System.Globalization;
using System.Text.Json;
using Certctl.Load.Http;
using Certctl.Load.Measuring;

namespace Certctl.Load.Agents;

/// <summary>The seeded agents, what each says, and when each last sent a heartbeat that was accepted.</summary>
internal sealed class Fleet(LoadClient client, int agents, TimeProvider time)
{
    public const string Prefix = "ag-loadtest-";
    private const int LongestInterval = 3600;

    private readonly byte[][] bodies = [.. Enumerable.Range(1, agents).Select(BodyOf)];
    private readonly long[] lastAccepted = new long[agents];

    /// <param name="agent">From 0.</param>
    /// <exception cref="FailedException">It was not accepted, or not as it must be.</exception>
    public async Task BeatAsync(int agent, CancellationToken cancellation) => Accept(agent, await SendAsync(agent, cancellation));

    /// <returns>The answer as it came, and when it was asked for.</returns>
    public async Task<(Answer Answer, DateTimeOffset Sent)> SendAsync(int agent, CancellationToken cancellation)
    {
        var sent = time.GetUtcNow();
        return (await client.SendAsync(HttpMethod.Post, $"/api/v1/agents/{IdOf(agent)}/heartbeat", bodies[agent], cancellation), sent);
    }

    /// <summary>Takes a 202 that says so, and when to come again, for accepted.</summary>
    public void Accept(int agent, (Answer Answer, DateTimeOffset Sent) beat)
    {
        var body = beat.Answer.Expect(202).Json();
        beat.Answer.Must(body.GetProperty("status").ValueEquals("accepted"), "the status is not accepted");
        beat.Answer.Must(body.GetProperty("next_heartbeat_seconds").TryGetInt32(out var next) && next is >= 1 and <= LongestInterval, "no sensible next_heartbeat_seconds");
        ref var last = ref lastAccepted[agent];
        var sent = beat.Sent.UtcTicks;
        var before = Interlocked.Read(ref last);
        while (sent > before && Interlocked.CompareExchange(ref last, sent, before) is var seen && seen != before) before = seen;
    }

    public int NotAccepted => lastAccepted.Count(t => t == 0);

    /// <summary>How many agents are not stored with a heartbeat as new as the last that was accepted of them.</summary>
    /// <param name="api">With the token of a viewer at least.</param>
    /// <param name="allowance">By how much the server's clock may be behind.</param>
    public async Task<int> NotStoredAsync(LoadClient api, TimeSpan allowance)
    {
        var missing = new HashSet<string>(Enumerable.Range(0, agents).Where(a => lastAccepted[a] > 0).Select(IdOf));
        await foreach (var agent in Pages.AllAsync(api, "/api/v1/agents?name_prefix=loadtest-agent-"))
        {
            var id = agent.GetProperty("id").GetString()!;
            if (!missing.Contains(id) || agent.GetProperty("last_heartbeat_at") is not { ValueKind: JsonValueKind.String } at) continue;
            // PostgreSQL keeps microseconds.
            var sent = new DateTimeOffset(lastAccepted[NumberOf(id)], TimeSpan.Zero) - allowance;
            if (at.GetDateTimeOffset() >= sent.AddTicks(-(sent.Ticks % TimeSpan.TicksPerMicrosecond))) missing.Remove(id);
        }

        return missing.Count;
    }

    private static string IdOf(int agent) => Prefix + (agent + 1).ToString("D5", CultureInfo.InvariantCulture);

    private static int NumberOf(string id) => int.Parse(id.AsSpan(Prefix.Length), CultureInfo.InvariantCulture) - 1;

    // What the seed says of it: a heartbeat of a fleet in its daily life changes nothing but the time.
    private static byte[] BodyOf(int number) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        version = "2.1.0",
        hostname = string.Create(CultureInfo.InvariantCulture, $"host-{number:D5}.example.test"),
        os = (number % 10) switch { 8 => "windows", 9 => "darwin", _ => "linux" },
        architecture = number % 5 == 0 ? "arm64" : "amd64",
        ip_address = string.Create(CultureInfo.InvariantCulture, $"10.{42 + number / 62_500}.{number / 250 % 250}.{1 + number % 250}"),
    });
}
