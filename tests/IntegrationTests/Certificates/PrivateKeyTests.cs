using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.Agents;
using Certctl.IntegrationTests.BulkRenewals;

namespace Certctl.IntegrationTests.Certificates;

/// <summary>Key mode server.</summary>
[Collection(SharedServer.Name)]
public sealed class PrivateKeyTests(SharedServer server)
{
    private readonly HttpClient client = server.Client(Role.Operator);

    [Fact]
    public async Task A_private_key_is_handed_out_once_and_belongs_to_its_certificate()
    {
        var (id, version) = await client.CreateAndIssue("key-once");
        Assert.True(version.GetProperty("private_key_available").GetBoolean());
        var path = $"certificates/{id}/versions/{version.Text("id")}/private-key";
        var taken = (await client.Post(path)).Is(HttpStatusCode.OK);
        using var both = X509Certificate2.CreateFromPem(version.Text("pem_chain"), taken.Body);
        Assert.True(both.HasPrivateKey);

        (await client.Post(path)).IsProblem(HttpStatusCode.Gone);
        Assert.Equal(0, await server.Database.Value<long>("SELECT count(*) FROM private_keys WHERE certificate_id = $1", id));
        Assert.Equal("operator", await server.Database.Value<string>(
            "SELECT actor FROM audit_events WHERE action = 'private_key_taken' AND resource_id = $1", id));
    }

    [Fact]
    public async Task Of_many_who_ask_at_once_one_gets_the_private_key()
    {
        var (id, version) = await client.CreateAndIssue("key-race");
        var path = $"certificates/{id}/versions/{version.Text("id")}/private-key";
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.Post(path)));
        Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
        Assert.Equal(7, answers.Count(a => a.Status == HttpStatusCode.Gone));
    }

    [Fact]
    public async Task A_private_key_comes_as_pkcs12_with_its_chain()
    {
        var (id, version) = await client.CreateAndIssue("key-p12");
        var taken = (await client.Post($"certificates/{id}/versions/{version.Text("id")}/private-key", new { format = "pkcs12", password = "correct horse" }))
            .Is(HttpStatusCode.OK);
        var content = X509CertificateLoader.LoadPkcs12Collection(taken.Bytes, "correct horse");
        Assert.Equal(2, content.Count);
        Assert.Single(content, c => c.HasPrivateKey && c.SerialNumber == version.Leaf().SerialNumber);
    }

    [Fact]
    public async Task The_private_key_of_a_superseded_version_is_gone_with_its_ciphertext()
    {
        var (id, first) = await client.CreateAndIssue("key-superseded");
        var versions = await client.RenewAndIssue(id);
        (await client.Post($"certificates/{id}/versions/{first.Text("id")}/private-key")).IsProblem(HttpStatusCode.Gone);
        Assert.Equal([versions[0].Text("id")], await server.Database.Column<string>("SELECT version_id FROM private_keys WHERE certificate_id = $1", id));
        var newest = (await client.Post($"certificates/{id}/versions/{versions[0].Text("id")}/private-key")).Is(HttpStatusCode.OK);
        using var both = X509Certificate2.CreateFromPem(versions[0].Text("pem_chain"), newest.Body);
        Assert.True(both.HasPrivateKey);
    }

    [Fact]
    public async Task Private_keys_are_sealed_at_rest()
    {
        var (id, version) = await client.CreateAndIssue("key-sealed");
        var stored = await server.Database.Value<byte[]>("SELECT ciphertext FROM private_keys WHERE certificate_id = $1", id);
        var pem = (await client.Post($"certificates/{id}/versions/{version.Text("id")}/private-key")).Is(HttpStatusCode.OK).Body;
        using var key = ECDsa.Create();
        key.ImportFromPem(pem);
        Assert.Equal(-1, stored.AsSpan().IndexOf(key.ExportParameters(true).D));
    }

    [Fact]
    public async Task A_retired_agent_gets_no_private_key_whoever_speaks_for_it()
    {
        var (agentId, agent) = await server.RegisterAgent("key-retired");
        var (id, version) = await client.CreateAndIssue("key-retired", ("agent_id", agentId));
        var path = $"certificates/{id}/versions/{version.Text("id")}/private-key";
        var gateway = server.Client((await server.Client(Role.Admin).Post("api-keys", new { name = "key-retired-gateway", role = "agent", agent_id_prefix = agentId }))
            .Is(HttpStatusCode.Created).Json.Text("key"));
        (await gateway.Get($"certificates/{id}/pem")).Is(HttpStatusCode.OK);
        (await client.Delete($"agents/{agentId}")).Is(HttpStatusCode.NoContent);
        foreach (var token in (HttpClient[])[agent, gateway])
        {
            (await token.Post(path)).IsProblem(HttpStatusCode.Gone);
            (await token.Get($"certificates/{id}/pem")).IsProblem(HttpStatusCode.Gone);
        }

        (await agent.Get($"agents/{agentId}")).IsProblem(HttpStatusCode.Gone);
        (await client.Post(path)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_viewer_and_a_stranger_agent_get_no_private_key()
    {
        var (id, version) = await client.CreateAndIssue("key-strangers");
        var path = $"certificates/{id}/versions/{version.Text("id")}/private-key";
        (await server.Client(Role.Viewer).Post(path)).IsProblem(HttpStatusCode.Forbidden);
        (await server.Client(Role.Agent).Post(path)).IsProblem(HttpStatusCode.Forbidden);
        (await client.Post(path)).Is(HttpStatusCode.OK);
    }
}
