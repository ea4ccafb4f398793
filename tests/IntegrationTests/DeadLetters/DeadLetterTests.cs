using System.Net;
using System.Text;
using Certctl.Contracts;
using Certctl.Core.Domain.Access;
using Certctl.Core.Hosting;
using Certctl.IntegrationTests.BulkRenewals;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;

namespace Certctl.IntegrationTests.DeadLetters;

[Collection(SharedServer.Name)]
public sealed class DeadLetterTests(SharedServer server)
{
    private readonly HttpClient admin = server.Client(Role.Admin);

    [Fact]
    public async Task A_message_whose_consumer_throws_is_listed_with_its_reason_and_done_once_the_cause_is_mended()
    {
        var renewal = await PoisonedRenewalAsync("dead-letter-mended");
        var letter = await server.DeadLetterWith(renewal, Queues.RenewCertificate);
        Assert.Equal(("faulted", "Certctl.Contracts:RenewCertificate"), (letter.Text("kind"), letter.Text("message_type")));
        Assert.Contains("poison of the test", letter.Text("reason"), StringComparison.Ordinal);
        Assert.Contains("PostgresException", letter.Text("exception_type"), StringComparison.Ordinal);
        Assert.NotEmpty(letter.Text("stack_trace"));

        await MendAsync(renewal);
        var id = letter.Text("id");
        var header = ("Idempotency-Key", "tests-dead-letter-mended");
        var accepted = (await admin.Post($"dead-letters/{id}/requeue", null, header)).Is(HttpStatusCode.Accepted);
        Assert.Equal(accepted.Body, (await admin.Post($"dead-letters/{id}/requeue", null, header)).Is(HttpStatusCode.Accepted).Body);
        Assert.Equal("completed", (await admin.RenewalBecomes(renewal, "completed")).Text("status"));
        var requeued = await Eventually.Becomes(() => admin.Read($"dead-letters/{id}"), l => l.Text("status") == "requeued", "it says that it was put back");
        Assert.Equal("admin", requeued.Text("requeue_requested_by"));
        Assert.Equal(1, await AuditedAsync("dead_letter_requeued", id));
        (await admin.Post($"dead-letters/{id}/requeue")).IsProblem(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task What_fails_again_after_it_was_put_back_is_listed_anew_and_names_what_it_was()
    {
        var renewal = await PoisonedRenewalAsync("dead-letter-again");
        var first = (await server.DeadLetterWith(renewal, Queues.RenewCertificate)).Text("id");
        (await admin.Post($"dead-letters/{first}/requeue")).Is(HttpStatusCode.Accepted);
        var second = await Eventually.Becomes(
            () => server.DeadLetterWith(renewal, Queues.RenewCertificate), l => l.Text("id") != first, "the second failure is listed");
        Assert.Equal(first, second.Text("requeue_of"));
        await MendAsync(renewal);
        (await admin.Delete($"dead-letters/{second.Text("id")}")).Is(HttpStatusCode.NoContent);
        (await admin.Get($"dead-letters/{second.Text("id")}")).IsProblem(HttpStatusCode.NotFound);
        (await admin.Delete($"dead-letters/{second.Text("id")}")).IsProblem(HttpStatusCode.NotFound);
        Assert.Equal(1, await AuditedAsync("dead_letter_dropped", second.Text("id")));
    }

    [Theory]
    [InlineData("no envelope at all \u0000\u0001 1")]
    [InlineData("{\"messageId\": 2, \"message\": [], \"messageType\": 17}")]
    [InlineData("{\"deep\": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[3]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}")]
    public async Task Garbage_that_is_no_envelope_is_listed(string garbage)
    {
        await server.Publish(Queues.CancelBulkRenewal, garbage);
        var letter = await server.DeadLetterWith(garbage, Queues.CancelBulkRenewal);
        Assert.Equal(garbage, letter.Text("body"));
        Assert.NotEmpty(letter.Text("reason"));
        (await admin.Delete($"dead-letters/{letter.Text("id")}")).Is(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_message_of_a_type_that_its_queue_does_not_know_is_listed_as_skipped()
    {
        // What a newer version might send to an older worker.
        await server.Publish(Queues.StartBulkRevocation, """
            {"messageId":"7d1c8b4a-dc08-6e4a-1500-2e5d00002e0b","messageType":["urn:message:Certctl.Contracts:Unheard"],"message":{"id":"unheard-of"}}
            """, new BasicProperties { ContentType = "application/vnd.masstransit+json" });
        var letter = await server.DeadLetterWith("unheard-of", Queues.StartBulkRevocation);
        Assert.Equal(("skipped", "Certctl.Contracts:Unheard"), (letter.Text("kind"), letter.Text("message_type")));
        (await admin.Delete($"dead-letters/{letter.Text("id")}")).Is(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task What_rabbitmq_gives_up_on_is_listed_and_without_its_queue_says_why_it_cannot_go_back()
    {
        const string queue = "tests-given-up";
        var cancellationToken = TestContext.Current.CancellationToken;
        await using (var channel = await server.OpenChannel())
        {
            var arguments = new Dictionary<string, object?>(MessageBus.QueueArguments) { ["x-delivery-limit"] = 1 };
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken);
            await channel.BasicPublishAsync("", queue, mandatory: true, Encoding.UTF8.GetBytes("given up on"), cancellationToken);
            await Eventually.Holds(async () =>
            {
                if (await channel.BasicGetAsync(queue, autoAck: false, cancellationToken) is not { } message) return true;
                await channel.BasicNackAsync(message.DeliveryTag, multiple: false, requeue: true, cancellationToken);
                return false;
            }, "RabbitMQ gives up");
            await channel.QueueDeleteAsync(queue, cancellationToken: cancellationToken);
        }

        var letter = await server.DeadLetterWith("given up on", queue);
        Assert.Equal(("given_up", "dead-letters"), (letter.Text("kind"), letter.Text("found_in")));
        (await admin.Post($"dead-letters/{letter.Text("id")}/requeue")).Is(HttpStatusCode.Accepted);
        letter = await Eventually.Becomes(() => admin.Read($"dead-letters/{letter.Text("id")}"), l => l.Text("status") == "waiting" && l.GetProperty("requeue_error").ValueKind != System.Text.Json.JsonValueKind.Null, "it is refused");
        Assert.Contains(queue, letter.Text("requeue_error"), StringComparison.Ordinal);
        (await admin.Delete($"dead-letters/{letter.Text("id")}", ("If-Match", "\"1\""))).IsProblem(HttpStatusCode.PreconditionFailed);
        (await admin.Delete($"dead-letters/{letter.Text("id")}")).Is(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Dead_letters_are_counted_and_their_list_has_pages()
    {
        foreach (var n in Enumerable.Range(1, 3)) await server.Publish(Queues.ValidateDns01, $"page {n}");
        foreach (var n in Enumerable.Range(1, 3)) await server.DeadLetterWith($"page {n}", Queues.ValidateDns01);
        await Eventually.Becomes(async () => (await server.Anonymous().Get("/metrics")).Body,
            body => body.Contains("certctl_dead_letters_total", StringComparison.Ordinal)
                && body.Split('\n').Any(l => l.StartsWith("certctl_dead_letters_waiting", StringComparison.Ordinal) && l.Contains("\"validate-dns01\"", StringComparison.Ordinal) && l.Contains(" 3", StringComparison.Ordinal)),
            "the metrics count them");
        var page = await admin.Read($"dead-letters?queue={Queues.ValidateDns01}&limit=2");
        var rest = await admin.Read($"dead-letters?queue={Queues.ValidateDns01}&limit=2&cursor={page.Text("next_cursor")}");
        var ids = page.GetProperty("data").EnumerateArray().Concat(rest.GetProperty("data").EnumerateArray()).Select(l => l.Text("id")).ToList();
        Assert.Equal((3, 3), (ids.Count, ids.Distinct().Count()));
        (await admin.Get("dead-letters?status=lost")).Names("status");
        foreach (var id in ids) (await admin.Delete($"dead-letters/{id}")).Is(HttpStatusCode.NoContent);
    }

    /// <summary>A renewal whose row the database refuses to touch, and its message.</summary>
    private async Task<string> PoisonedRenewalAsync(string environment)
    {
        var seed = new CertificateSeed(environment);
        await seed.InsertAsync(server.Database);
        var renewal = "rn-" + seed.Id(1);
        await server.Database.Execute("""
            INSERT INTO renewals (id, certificate_id, status, trigger, requested_by, attempts, max_attempts, next_attempt_at, created_at)
            VALUES ($1, $2, 'pending', 'api', 'operator', 0, 2, now() + interval '40 seconds', now())
            """, renewal, seed.Id(1));
        await server.Database.Execute($"""
            CREATE OR REPLACE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poison of the test'; END $$;
            CREATE TRIGGER "{renewal}" BEFORE UPDATE ON renewals FOR EACH ROW WHEN (OLD.id = '{renewal}') EXECUTE FUNCTION refuse_poison();
            """);
        await server.Services.GetRequiredService<CommandSender>().SendAsync(
            Queues.RenewCertificate, new RenewCertificate(renewal), TestContext.Current.CancellationToken);
        return renewal;
    }

    private async Task MendAsync(string renewal)
    {
        await server.Database.Execute($"DROP TRIGGER \"{renewal}\" ON renewals");
        await server.Database.Execute("UPDATE renewals SET next_attempt_at = now() + interval '40 seconds' WHERE id = $1 AND status = 'pending'", renewal);
    }

    private Task<long> AuditedAsync(string action, string id) =>
        server.Database.Value<long>("SELECT count(*) FROM audit_events WHERE action = $1 AND resource_id = $2", action, id);
}
