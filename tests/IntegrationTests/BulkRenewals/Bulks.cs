using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Certctl.IntegrationTests.BulkRenewals;

/// <summary>What tests do with bulk renewals.</summary>
internal static class Bulks
{
    /// <summary>Has a bulk renewal accepted and gives back its id.</summary>
    public static async Task<string> StartBulk(this HttpClient client, object criteria) =>
        (await client.Post("certificates/bulk-renew", criteria)).Is(HttpStatusCode.Accepted).Json.Text("id");

    public static Task<string> StartBulk(this HttpClient client, CertificateSeed seed) => client.StartBulk(new { environment = seed.Environment });

    /// <summary>Waits for the end of a bulk renewal and reads it.</summary>
    public static Task<JsonElement> EndOfBulk(this HttpClient client, string id, TimeSpan? within = null) => Eventually.Becomes(
        () => client.Read($"bulk-renewals/{id}"), bulk => bulk.Text("status") is "completed" or "cancelled" or "failed", $"{id} has ended", within);

    /// <summary>Runs a bulk renewal to its end.</summary>
    public static async Task<JsonElement> RunBulk(this HttpClient client, object criteria) => await client.EndOfBulk(await client.StartBulk(criteria));

    public static Task<JsonElement> RunBulk(this HttpClient client, CertificateSeed seed) => client.RunBulk(new { environment = seed.Environment });

    /// <summary>Follows the progress of a bulk until the stream ends.</summary>
    public static async Task<List<SseItem<string>>> EventsOf(this HttpClient client, string id, TimeSpan? within = null)
    {
        using var patience = new CancellationTokenSource(within ?? TimeSpan.FromSeconds(30));
        await using var stream = await client.GetStreamAsync(new Uri($"bulk-renewals/{id}/events", UriKind.Relative), patience.Token);
        var events = new List<SseItem<string>>();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(patience.Token)) events.Add(item);
        return events;
    }

    /// <summary>The first renewals of a bulk.</summary>
    public static async Task<List<JsonElement>> RenewalsOf(this HttpClient client, string bulkId) =>
        [.. (await client.Read($"bulk-renewals/{bulkId}/renewals?limit=500")).GetProperty("data").EnumerateArray()];

    /// <summary>Waits until a renewal has this status.</summary>
    public static Task<JsonElement> RenewalBecomes(this HttpClient client, string id, string status) => Eventually.Becomes(
        () => client.Read($"renewals/{id}"), renewal => renewal.Text("status") == status, $"{id} is {status}");

    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString()!;

    public static long Number(this JsonElement json, string name) => json.GetProperty(name).GetInt64();

    /// <summary>How many are completed; the totals are null until a bulk is expanded.</summary>
    public static long Completed(this JsonElement bulk) =>
        bulk.GetProperty("total_completed") is { ValueKind: JsonValueKind.Number } total ? total.GetInt64() : 0;

    /// <summary>How many were skipped for this reason.</summary>
    public static long Skipped(this JsonElement bulk, string reason) =>
        bulk.GetProperty("skipped").TryGetProperty(reason, out var n) ? n.GetInt64() : 0;
}
