using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Certctl.Chaos.Fleet;

/// <param name="Waiting">Ready to be delivered.</param>
/// <param name="InHand">Delivered and not acknowledged.</param>
internal sealed record QueueState(string Name, long Waiting, long InHand);

/// <summary>A message as it lies in its queue.</summary>
/// <param name="Payload">Base64.</param>
/// <param name="Properties">As RabbitMQ's management plugin writes them; published again as they are.</param>
internal sealed record QueuedMessage(string Payload, JsonElement Properties);

/// <summary>RabbitMQ's management plugin: looks into queues, takes messages out, puts others in.</summary>
internal sealed class Broker(Uri amqp) : IDisposable
{
    /// <summary>From AMQP's port to the plugin's, in the instances that compose/services.sh starts.</summary>
    private const int Offset = 8;

    private const string Vhost = "%2F";

    private readonly HttpClient http = new()
    {
        BaseAddress = new Uri($"http://{amqp.Host}:{amqp.Port + Offset}/api/"),
        Timeout = TimeSpan.FromSeconds(10),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(amqp.UserInfo))) },
    };

    /// <summary>Every queue that has a name of ours. The counts are up to some seconds old.</summary>
    public async Task<IReadOnlyList<QueueState>> QueuesAsync(CancellationToken cancellationToken)
    {
        var queues = await http.GetFromJsonAsync<JsonElement>("queues?columns=name,messages_ready,messages_unacknowledged", cancellationToken);
        return [.. queues.EnumerateArray().Select(q => new QueueState(q.GetProperty("name").GetString()!, Count(q, "messages_ready"), Count(q, "messages_unacknowledged")))];

        static long Count(JsonElement queue, string name) => queue.TryGetProperty(name, out var count) ? count.GetInt64() : 0;
    }

    /// <summary>Takes messages out of the queue for good.</summary>
    public async Task<IReadOnlyList<QueuedMessage>> TakeAsync(string queue, int atMost, CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsJsonAsync(
            $"queues/{Vhost}/{queue}/get", new { count = atMost, ackmode = "ack_requeue_false", encoding = "base64" }, cancellationToken);
        answer.EnsureSuccessStatusCode();
        var messages = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return [.. messages.EnumerateArray().Select(m => new QueuedMessage(m.GetProperty("payload").GetString()!, m.GetProperty("properties")))];
    }

    public async Task PublishAsync(string queue, QueuedMessage message, CancellationToken cancellationToken)
    {
        var body = new { properties = message.Properties, routing_key = queue, payload = message.Payload, payload_encoding = "base64" };
        using var answer = await http.PostAsJsonAsync($"exchanges/{Vhost}/amq.default/publish", body, cancellationToken);
        answer.EnsureSuccessStatusCode();
        var routed = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        if (!routed.GetProperty("routed").GetBoolean()) throw new InvalidOperationException($"No queue {queue} took the message.");
    }

    public void Dispose() => http.Dispose();
}
