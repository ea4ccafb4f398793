using System.Text;
using System.Text.Json;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.BulkRenewals;
using Certctl.RenewalWorker;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;

namespace Certctl.IntegrationTests.DeadLetters;

/// <summary>Messages that nobody can process, put past MassTransit straight into a queue.</summary>
internal static class Poison
{
    public static async Task Publish(this CertctlServer server, string queue, string body, BasicProperties? properties = null)
    {
        await using var channel = await server.OpenChannel();
        await channel.BasicPublishAsync("", queue, mandatory: true, properties ?? new BasicProperties(), Encoding.UTF8.GetBytes(body), TestContext.Current.CancellationToken);
    }

    public static Task<IChannel> OpenChannel(this CertctlServer server) => server.Services.GetRequiredService<BrokerConnection>().OpenChannelAsync(
        new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), TestContext.Current.CancellationToken);

    /// <summary>Waits until a dead letter whose body holds this text is listed, and reads it whole.</summary>
    public static async Task<JsonElement> DeadLetterWith(this CertctlServer server, string text, string queue)
    {
        var admin = server.Client(Role.Admin);
        return await Eventually.Becomes(
            async () =>
            {
                foreach (var listed in (await admin.Read($"dead-letters?queue={queue}&status=waiting&limit=500")).GetProperty("data").EnumerateArray())
                    if (await admin.Read($"dead-letters/{listed.Text("id")}") is var letter && letter.Text("body").Contains(text, StringComparison.Ordinal)) return letter;
                return default;
            },
            letter => letter.ValueKind == JsonValueKind.Object, $"a dead letter of {queue} with {text}");
    }
}
