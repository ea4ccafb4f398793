using System.Text;
using Certctl.Core.Domain.DeadLetters;
using Certctl.Core.Hosting;
using Certctl.IntegrationTests.DeadLetters;
using Certctl.RenewalWorker.DeadLetters;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RabbitMQ.Client;

namespace Certctl.IntegrationTests.Recovery;

[Collection(SharedServer.Name)]
public sealed class CollectionTests(SharedServer server)
{
    [Fact]
    public async Task A_message_that_is_taken_again_after_its_row_was_written_adds_no_second_row()
    {
        await using var connection = await server.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(TestContext.Current.CancellationToken);
        DeadLetter Taken() => DeadLetterReader.Read(
            Queues.ValidateHttp01 + "_error", new BasicProperties { MessageId = "tests-taken-twice" }, Encoding.UTF8.GetBytes("taken twice"), TimeProvider.System);
        Assert.Single(await DeadLetterStore.AddAsync(connection, [Taken()], TestContext.Current.CancellationToken));
        Assert.Empty(await DeadLetterStore.AddAsync(connection, [Taken(), Taken()], TestContext.Current.CancellationToken));
        Assert.Equal(1, await server.Database.Execute("DELETE FROM dead_letters WHERE message_id = 'tests-taken-twice'"));
    }

    [Fact]
    public async Task Collectors_that_run_at_once_keep_each_message_once_and_leave_none_behind()
    {
        await Task.WhenAll(Enumerable.Range(1, 250).Select(n => server.Publish(
            Queues.ValidateTlsAlpn01 + "_error", $"many {n}", new BasicProperties { MessageId = $"tests-many-{n}" })));
        var collection = server.Services.GetRequiredService<DeadLetterCollection>();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => collection.RunAsync(TestContext.Current.CancellationToken)));
        await Eventually.Holds(
            async () => await server.Database.Value<long>("SELECT count(*) FROM dead_letters WHERE message_id LIKE 'tests-many-%'") == 250, "all of them are kept");
        Assert.Equal(250, await server.Database.Execute("DELETE FROM dead_letters WHERE message_id LIKE 'tests-many-%'"));
    }

    [Fact]
    public async Task One_that_cannot_be_published_says_so_and_holds_up_no_other()
    {
        await WriteAsync("tests-unpublishable", new string('ä', 255), "now() - interval '1 hour'", 1);
        await WriteAsync("tests-publishable", "tests-publishable", "now()", 1);
        await Eventually.Holds(() => server.Database.Value<bool>("SELECT requeued_at IS NOT NULL FROM dead_letters WHERE id = 'tests-publishable'"), "the second is put back");
        Assert.Contains("cannot be published", await server.Database.Value<string>("SELECT requeue_error FROM dead_letters WHERE id = 'tests-unpublishable'"), StringComparison.Ordinal);
        await Eventually.Holds(async () => await server.Database.Execute("DELETE FROM dead_letters WHERE requeue_of = 'tests-publishable'") == 1, "it has failed again");
        Assert.Equal(2, await server.Database.Execute("DELETE FROM dead_letters WHERE id IN ('tests-unpublishable', 'tests-publishable')"));
    }

    [Fact]
    public async Task With_a_gibibyte_of_bodies_the_rest_stays_in_its_queue()
    {
        await CollectAsync();
        for (var n = 0; n < 1024; n++) await WriteAsync($"tests-large-{n}", null, "NULL", DeadLetter.MaxBodySize);
        await server.Publish(Queues.ValidateTlsAlpn01 + "_error", "one too many", new BasicProperties { MessageId = "tests-one-too-many" });
        await CollectAsync();
        Assert.Equal(0, await server.Database.Value<long>("SELECT count(*) FROM dead_letters WHERE message_id = 'tests-one-too-many'"));
        Assert.Equal(1024, await server.Database.Execute("DELETE FROM dead_letters WHERE id LIKE 'tests-large-%'"));
        await Eventually.Holds(async () => await server.Database.Execute("DELETE FROM dead_letters WHERE message_id = 'tests-one-too-many'") == 1, "it is taken once there is room");
    }

    [Fact]
    public async Task Large_bodies_end_a_batch_and_all_of_them_are_taken()
    {
        await CollectAsync();
        foreach (var n in Enumerable.Range(1, 12))
            await server.Publish(Queues.ValidateTlsAlpn01 + "_error", new string('x', DeadLetter.MaxBodySize), new BasicProperties { MessageId = $"tests-heavy-{n}" });
        await CollectAsync();
        await Eventually.Holds(async () => await server.Database.Value<long>("SELECT count(*) FROM dead_letters WHERE message_id LIKE 'tests-heavy-%'") == 12, "all of them are kept");
        Assert.Equal(12, await server.Database.Execute("DELETE FROM dead_letters WHERE message_id LIKE 'tests-heavy-%'"));
    }

    /// <summary>Declares the error queues too.</summary>
    private Task CollectAsync() => server.Services.GetRequiredService<DeadLetterCollection>().RunAsync(TestContext.Current.CancellationToken);

    private Task<int> WriteAsync(string id, string? messageId, string requestedAt, int size) => server.Database.Execute($$"""
        INSERT INTO dead_letters (id, fingerprint, queue, found_in, kind, message_id, reason, headers, body, body_size, failed_at, created_at, requeue_requested_at)
        VALUES ($1, sha256($1::bytea), '{{Queues.CancelBulkRenewal}}', '{{Queues.CancelBulkRenewal}}_error', 'faulted', $2, 'tests', '{}', 'x', {{size}}, now(), now(), {{requestedAt}})
        """, id, messageId is null ? DBNull.Value : messageId);
}
