using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.Agents;
using Certctl.IntegrationTests.BulkRenewals;

namespace Certctl.IntegrationTests.Certificates;

/// <summary>Key mode agent: the private key never leaves the agent.</summary>
[Collection(SharedServer.Name)]
public sealed class AgentModeTests(SharedServer server)
{
    private readonly HttpClient client = server.Client(Role.Operator);

    [Fact]
    public async Task A_renewal_waits_for_the_agents_csr_and_certifies_the_agents_key()
    {
        var (agentId, agent) = await server.RegisterAgent("agent-mode");
        var id = await client.Create("agent-mode", ("key_mode", "agent"), ("agent_id", agentId));
        var work = await Eventually.Becomes(
            async () => (await agent.Read($"agents/{agentId}/work")).GetProperty("data").EnumerateArray().SingleOrDefault(),
            w => w.ValueKind != default, "there is work");
        Assert.Equal((id, "agent-mode.example.test"), (work.Text("certificate_id"), work.Text("common_name")));
        Assert.Equal("awaiting_csr", (await client.Read($"renewals/{work.Text("renewal_id")}")).Text("status"));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var path = $"agents/{agentId}/renewals/{work.Text("renewal_id")}/csr";
        (await agent.Post(path, new { csr_pem = NewCertificates.Csr(key, "not-mine.example.test") })).Names("csr_pem");
        (await agent.Post(path, new { csr_pem = NewCertificates.Csr(key, "agent-mode.example.test") })).Is(HttpStatusCode.Accepted);
        using var leaf = (await client.VersionsBecome(id, 1))[0].Leaf();
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), leaf.GetECDsaPublicKey()!.ExportSubjectPublicKeyInfo());

        (await agent.Post(path, new { csr_pem = NewCertificates.Csr(key, "agent-mode.example.test") })).IsProblem(HttpStatusCode.Conflict);
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", (await agent.Get($"certificates/{id}/pem")).Is(HttpStatusCode.OK).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_sees_and_answers_its_own_work_only()
    {
        var (agentId, _) = await server.RegisterAgent("agent-owner");
        var (_, stranger) = await server.RegisterAgent("agent-stranger");
        var id = await client.Create("agent-owned", ("key_mode", "agent"), ("agent_id", agentId));
        var renewal = await server.Database.Value<string>("SELECT id FROM renewals WHERE certificate_id = $1", id);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (await stranger.Get($"agents/{agentId}/work")).IsProblem(HttpStatusCode.Forbidden);
        (await stranger.Post($"agents/{agentId}/renewals/{renewal}/csr", new { csr_pem = NewCertificates.Csr(key, "agent-owned.example.test") }))
            .IsProblem(HttpStatusCode.Forbidden);
        (await stranger.Get($"certificates/{id}/pem")).IsProblem(HttpStatusCode.Forbidden);
        Assert.Equal("awaiting_csr", (await client.Read($"renewals/{renewal}")).Text("status"));
    }

    [Fact]
    public async Task Key_mode_agent_needs_an_agent() =>
        (await client.Post("certificates", NewCertificates.Request("agent-none", ("key_mode", "agent")))).Names("agent_id");
}
