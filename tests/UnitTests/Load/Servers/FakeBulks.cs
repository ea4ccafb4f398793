using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Certctl.UnitTests.Load.Servers;

/// <summary>Bulk renewals as certctl answers them: the first enqueues everything, the others skip it, each is done at once.</summary>
internal sealed class FakeBulks
{
    public const int Certificates = 40;

    private readonly ConcurrentDictionary<string, bool> bulks = [];
    private int accepted;

    public int EnqueuedFirst { get; set; } = Certificates;
    public int EnqueuedLater { get; set; }
    public string LaterReason { get; set; } = "recently_renewed";
    public int Explained { get; set; } = Certificates;
    public int Failed { get; set; }
    public int Lost { get; set; }
    public string EndStatus { get; set; } = "completed";
    public DateTimeOffset? RenewedAt { get; set; }
    public int AcceptStatus { get; set; } = 202;
    public string LocationOf { get; set; } = "/api/v1/bulk-renewals/";

    public void Map(WebApplication app)
    {
        app.MapPost("/api/v1/certificates/bulk-renew", (HttpContext http) => http.Request.Query.ContainsKey("dry_run")
            ? Results.Json(new { total_enqueued = Certificates })
            : Accept(http));
        app.MapGet("/api/v1/bulk-renewals/{id}", (string id) => bulks.TryGetValue(id, out var first) ? Results.Json(View(id, first)) : Results.NotFound());
        app.MapGet("/api/v1/certificates", () => Results.Json(new
        {
            data = Enumerable.Range(1, Certificates).Select(_ => new { status = "Active", last_renewal_at = RenewedAt ?? TimeProvider.System.GetUtcNow() }),
            next_cursor = (string?)null,
        }));
    }

    private IResult Accept(HttpContext http)
    {
        var number = Interlocked.Increment(ref accepted);
        var id = $"br-{number}";
        bulks[id] = number == 1;
        http.Response.Headers.Location = LocationOf + id;
        return Results.Json(new { id, status = "queued", status_url = $"/api/v1/bulk-renewals/{id}" }, statusCode: AcceptStatus);
    }

    private object View(string id, bool first)
    {
        var enqueued = first ? EnqueuedFirst : EnqueuedLater;
        var skipped = Certificates - enqueued;
        return new
        {
            id,
            status = EndStatus,
            total_matched = Certificates,
            total_enqueued = enqueued,
            total_skipped = skipped,
            skipped = skipped == 0 ? [] : new Dictionary<string, int> { [LaterReason] = Math.Min(skipped, Explained) },
            total_completed = first ? enqueued - Failed - Lost : enqueued,
            total_failed = first ? Failed : 0,
            total_cancelled = 0,
        };
    }
}
