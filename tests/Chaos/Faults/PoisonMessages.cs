using System.Text;
using System.Text.Json;
using Certctl.Chaos.Fleet;

namespace Certctl.Chaos.Faults;

/// <summary>Messages that nobody can process: bytes that are no JSON, and an envelope whose message is of no use.</summary>
internal sealed class PoisonMessages : IFault
{
    private const string ContentType = "application/vnd.masstransit+json";

    private static readonly (string Queue, string Type, string Nonsense)[] Targets =
    [
        ("renew-certificates", "RenewCertificates", """{ "renewalIds": { "no": "list" } }"""),
        ("renew-certificate", "RenewCertificate", """{ "renewalId": [1, 2, 3] }"""),
        ("start-bulk-renewal", "StartBulkRenewal", """{ "bulkRenewalId": { } }"""),
        ("validate-http01", "ValidateHttp01", """{ "challengeId": { } }"""),
    ];

    private static readonly JsonElement Properties = JsonSerializer.SerializeToElement(new { content_type = ContentType, delivery_mode = 2 });

    public string Name => "poison-messages";

    public string Target => BackingServices.Broker;

    public async Task<bool> InjectAsync(Scene scene, Random random, CancellationToken cancellationToken)
    {
        foreach (var (queue, type, nonsense) in Targets)
        {
            var garbage = new byte[random.Next(1, 2_000)];
            random.NextBytes(garbage);
            await SendAsync(scene, queue, garbage, cancellationToken);
            await SendAsync(scene, queue, Envelope(type, nonsense), cancellationToken);
        }

        return true;
    }

    private static byte[] Envelope(string type, string message) => Encoding.UTF8.GetBytes($$"""
        { "messageId": "{{Guid.NewGuid()}}", "messageType": ["urn:message:Certctl.Contracts:{{type}}"], "message": {{message}} }
        """);

    private static async Task SendAsync(Scene scene, string queue, byte[] body, CancellationToken cancellationToken)
    {
        var payload = Convert.ToBase64String(body);
        scene.Poison.Sent(queue, payload);
        await scene.Broker.PublishAsync(queue, new QueuedMessage(payload, Properties), cancellationToken);
    }
}
