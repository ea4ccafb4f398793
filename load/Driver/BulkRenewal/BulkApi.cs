using System.Text.Json;
using Certctl.Load.Http;
using Certctl.Load.Measuring;

namespace Certctl.Load.BulkRenewal;

/// <summary>The bulk renewals of the certificates of one environment, over REST.</summary>
internal sealed class BulkApi(LoadClient client, string environment)
{
    private const string Path = "/api/v1/certificates/bulk-renew";

    private readonly byte[] plain = JsonSerializer.SerializeToUtf8Bytes(new { environment });
    private readonly byte[] forced = JsonSerializer.SerializeToUtf8Bytes(new { environment, force = true });

    /// <returns>The id of the bulk that was accepted.</returns>
    /// <exception cref="FailedException">It was not, or the answer is not as it must be.</exception>
    public async Task<string> AcceptAsync(bool force, CancellationToken cancellation)
    {
        var answer = (await client.SendAsync(HttpMethod.Post, Path, force ? forced : plain, cancellation)).Expect(202);
        var body = answer.Json();
        var id = body.GetProperty("id").GetString();
        answer.Must(id is { Length: > 0 }, "the bulk has no id");
        var url = $"/api/v1/bulk-renewals/{id}";
        answer.Must(answer.Location == url, "Location is not the bulk's");
        answer.Must(body.GetProperty("status_url").GetString() == url, "status_url is not the bulk's");
        answer.Must(body.GetProperty("status").GetString() is "queued" or "running" or "completed", "a new bulk has a strange status");
        return id!;
    }

    /// <summary>How many renewals a forced bulk would enqueue now.</summary>
    public async Task<long> WouldEnqueueAsync() =>
        (await client.SendAsync(HttpMethod.Post, Path + "?dry_run=true", forced)).Expect(200).Json().GetProperty("total_enqueued").GetInt64();

    public async Task<BulkState> ReadAsync(string id)
    {
        var answer = (await client.GetAsync($"/api/v1/bulk-renewals/{id}")).Expect(200);
        var state = BulkState.Of(answer.Json());
        answer.Must(state.Id == id, "another bulk than was asked for");
        return state;
    }

    /// <summary>How many of the environment's certificates are Active and were renewed at that time or later.</summary>
    public async Task<long> RenewedSinceAsync(DateTimeOffset since)
    {
        var renewed = 0L;
        await foreach (var certificate in Pages.AllAsync(client, $"/api/v1/certificates?environment={Uri.EscapeDataString(environment)}"))
        {
            var at = certificate.GetProperty("last_renewal_at");
            if (certificate.GetProperty("status").ValueEquals("Active") && at.ValueKind == JsonValueKind.String && at.GetDateTimeOffset() >= since) renewed++;
        }

        return renewed;
    }
}

/// <summary>A bulk renewal as it was read; the totals are null until it is expanded.</summary>
internal sealed record BulkState(
    string Id, string Status, long? Matched, long? Enqueued, long? Skipped, long? Completed, long? Failed, long? Cancelled, IReadOnlyDictionary<string, long> Reasons)
{
    public bool Ended => Status is "completed" or "cancelled" or "failed";

    /// <summary>Everything that was enqueued has come to an end, and is counted once.</summary>
    public bool Balances => Enqueued is { } enqueued && enqueued == Completed + Failed + Cancelled;

    /// <summary>Every certificate that matched was enqueued, or skipped for a reason.</summary>
    public bool Explains(long certificates) =>
        Matched == certificates && Enqueued + Skipped == Matched && Reasons.Values.Sum() == Skipped && Reasons.All(r => r.Key.Length > 0 && r.Value > 0);

    public static BulkState Of(JsonElement body) => new(
        body.GetProperty("id").GetString()!, body.GetProperty("status").GetString()!, Total(body, "matched"), Total(body, "enqueued"), Total(body, "skipped"),
        Total(body, "completed"), Total(body, "failed"), Total(body, "cancelled"),
        body.GetProperty("skipped").EnumerateObject().ToDictionary(r => r.Name, r => r.Value.GetInt64()));

    private static long? Total(JsonElement body, string what) =>
        body.GetProperty("total_" + what) is { ValueKind: JsonValueKind.Number } number ? number.GetInt64() : null;
}
