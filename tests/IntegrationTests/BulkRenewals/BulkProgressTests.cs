using System.Net;
using System.Text.Json;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.Agents;

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
        var events = await client.EventsOf(await client.StartBulk(seed));
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
        Assert.Equal("completed", Assert.Single(await client.EventsOf(bulk.Text("id"))).EventType);
    }

    [Fact]
    public async Task One_key_may_follow_ten_streams_and_takes_no_place_of_others()
    {
        var (agent, _) = await server.RegisterAgent("progress-places");
        // It waits for CSRs that nobody sends.
        var seed = new CertificateSeed("progress-places") { KeyMode = "agent", AgentId = agent };
        await seed.InsertAsync(server.Database);
        var events = $"bulk-renewals/{await client.StartBulk(seed)}/events";
        var streams = new List<Stream>();
        for (var n = 0; n < 10; n++) streams.Add(await OpenAsync(client, events));
        (await client.Get(events)).IsProblem(HttpStatusCode.ServiceUnavailable);
        streams.Add(await OpenAsync(server.OtherOperator(), events));
        foreach (var stream in streams) await stream.DisposeAsync();
        await Eventually.Holds(async () => await OpensAsync(events), "a place is free again");
    }

    private static Task<Stream> OpenAsync(HttpClient client, string events) =>
        client.GetStreamAsync(new Uri(events, UriKind.Relative), TestContext.Current.CancellationToken);

    private async Task<bool> OpensAsync(string events)
    {
        using var answer = await client.GetAsync(
            new Uri(events, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return answer.IsSuccessStatusCode;
    }
}
