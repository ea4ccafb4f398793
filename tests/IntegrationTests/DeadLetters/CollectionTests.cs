using System.Text;
using Certctl.Core.Domain.DeadLetters;
using Certctl.Core.Hosting;
using Certctl.RenewalWorker.DeadLetters;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RabbitMQ.Client;

namespace Certctl.IntegrationTests.DeadLetters;

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
}
