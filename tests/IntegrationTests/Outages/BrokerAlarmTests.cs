using System.Diagnostics;
using Certctl.Core.Hosting;
using Certctl.RenewalWorker.DeadLetters;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.IntegrationTests.Outages;

[Collection(OutageServer.Name)]
public sealed class BrokerAlarmTests(OutageServer server)
{
    private const string Waiting = "alarm-waiting";

    [Fact]
    public async Task Under_a_brokers_alarm_a_requeue_is_given_up_in_time_and_collecting_goes_on()
    {
        var queue = Queues.CancelBulkRenewal;
        var (collection, requeue) = (server.Services.GetRequiredService<DeadLetterCollection>(), server.Services.GetRequiredService<DeadLetterRequeue>());
        await collection.RunAsync(TestContext.Current.CancellationToken);
        await TestServices.RabbitMqCtlAsync("set_disk_free_limit", "1000000000000000");
        try
        {
            await server.Database.Execute($$"""
                INSERT INTO dead_letters (id, fingerprint, queue, found_in, kind, reason, headers, body, body_size, failed_at, created_at, requeue_requested_at)
                VALUES ('{{Waiting}}', 'x', '{{queue}}', '{{queue}}_error', 'faulted', 'tests', '{}', 'x', 1, now(), now(), now())
                """);
            await Eventually.Holds(async () =>
            {
                var waited = Stopwatch.StartNew();
                // Four seconds for the publish, about five until the client lets go of a blocked connection. The server's own loop may
                // have the letter at this moment.
                var error = await Record.ExceptionAsync(() => requeue.RunAsync(TestContext.Current.CancellationToken));
                Assert.True(waited.Elapsed < TimeSpan.FromSeconds(15), $"given up only after {waited.Elapsed}");
                return error is BrokerUnavailableException;
            }, "the requeue is given up", TimeSpan.FromSeconds(30));
            Assert.True(await server.Database.Value<bool>("SELECT requeued_at IS NULL AND requeue_error IS NULL AND requeue_requested_at IS NOT NULL FROM dead_letters WHERE id = $1", Waiting));
            var collecting = Stopwatch.StartNew();
            await Eventually.Holds(async () => await Record.ExceptionAsync(() => collection.RunAsync(TestContext.Current.CancellationToken)) is null, "collecting goes on");
            Assert.True(collecting.Elapsed < TimeSpan.FromSeconds(15), $"collected only after {collecting.Elapsed}");
        }
        finally
        {
            await TestServices.RabbitMqCtlAsync("set_disk_free_limit", "200MB");
        }

        await Eventually.Holds(() => server.Database.Value<bool>("SELECT requeued_at IS NOT NULL FROM dead_letters WHERE id = $1", Waiting), "it is put back once the alarm is over", TimeSpan.FromSeconds(30));
    }
}
