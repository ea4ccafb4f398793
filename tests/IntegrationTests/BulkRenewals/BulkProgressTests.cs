using System.Net.ServerSentEvents;
using System.Text.Json;
using Certctl.Core.Domain.Access;

namespace Certctl.IntegrationTests.BulkRenewals;

[Collection(SharedServer.Name)]
public sealed class BulkProgressTests(SharedServer server)
{
    private readonly HttpClient client = server.Client(Role.Operator);

    [Fact]
    public async Task The_stream_of_a_running_bulk_tells_of_progress_and_ends_with_completed()
    {
        var seed = new CertificateSeed("progress", 2_000);
        await seed.InsertAsync(server.Database);
        var events = await EventsOfAsync(await client.StartBulk(seed));
        Assert.True(events.Count > 1, "nothing was said before the end");
        Assert.All(events[..^1], e => Assert.Equal("progress", e.EventType));
        Assert.Equal("completed", events[^1].EventType);
        Assert.Equal(2_000, JsonDocument.Parse(events[^1].Data).RootElement.Number("total_completed"));
        var completed = events.Select(e => JsonDocument.Parse(e.Data).RootElement.Completed()).ToList();
        Assert.Equal(completed.Order(), completed);
    }

    [Fact]
    public async Task The_stream_of_a_bulk_that_is_over_says_completed_and_ends()
    {
        var seed = new CertificateSeed("progress-over");
        await seed.InsertAsync(server.Database);
        var bulk = await client.RunBulk(seed);
        Assert.Equal("completed", Assert.Single(await EventsOfAsync(bulk.Text("id"))).EventType);
    }

    private async Task<List<SseItem<string>>> EventsOfAsync(string bulkId)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var stream = await client.GetStreamAsync(new Uri($"bulk-renewals/{bulkId}/events", UriKind.Relative), patience.Token);
        var events = new List<SseItem<string>>();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(patience.Token)) events.Add(item);
        return events;
    }
}
