using System.Net;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.BulkRenewals;

namespace Certctl.IntegrationTests.Agents;

internal static class RegisteredAgents
{
    /// <summary>Registers an agent and gives back its id with a client that shows its own token.</summary>
    public static async Task<(string Id, HttpClient Client)> RegisterAgent(this CertctlServer server, string name)
    {
        var registered = (await server.Client(Role.Operator).Post("agents", new { name })).Is(HttpStatusCode.Created).Json;
        return (registered.GetProperty("agent").Text("id"), server.Client(registered.Text("token")));
    }

    public static Task<Answer> Beat(this HttpClient client, string agentId, object? body = null) => client.Post($"agents/{agentId}/heartbeat", body);
}
