using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Certctl.UnitTests.Load.Servers;

/// <summary>Agents that beat.</summary>
internal sealed class FakeFleet
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> seen = [];
    private int beats;

    /// <summary>The agent whose heartbeats are accepted and not stored.</summary>
    public string? Forgotten { get; set; }

    /// <summary>Stores the first heartbeat of an agent and none of those after it.</summary>
    public bool StoresFirstOnly { get; set; }

    public string Status { get; set; } = "accepted";
    public int NextSeconds { get; set; } = 30;

    /// <summary>How many heartbeats are refused before one is accepted.</summary>
    public int Busy { get; set; }

    public string? RetryAfter { get; set; } = "0";

    public void Map(WebApplication app)
    {
        app.MapPost("/api/v1/agents/{id}/heartbeat", (string id, HttpContext http) => Beat(id, http));
        app.MapGet("/api/v1/agents", () => Results.Json(new
        {
            data = seen.Select(s => new { id = s.Key, last_heartbeat_at = s.Value.ToString("O", CultureInfo.InvariantCulture) }),
            next_cursor = (string?)null,
        }));
    }

    private IResult Beat(string id, HttpContext http)
    {
        if (Interlocked.Increment(ref beats) <= Busy)
        {
            if (RetryAfter is not null) http.Response.Headers.RetryAfter = RetryAfter;
            return Results.StatusCode(503);
        }

        if (id != Forgotten && !(StoresFirstOnly && seen.ContainsKey(id))) seen[id] = TimeProvider.System.GetUtcNow();
        return Results.Json(new { status = Status, next_heartbeat_seconds = NextSeconds }, statusCode: 202);
    }
}
