using System.Security.Cryptography;
using Certctl.Core.Domain.Access;
using Certctl.IntegrationTests.Agents;
using Certctl.IntegrationTests.BulkRenewals;
using Certctl.IntegrationTests.Certificates;
using Certctl.IntegrationTests.Dashboard;

namespace Certctl.IntegrationTests.Access;

/// <summary>Who asks: by its bearer token, and at the dashboard by its login.</summary>
internal sealed record AccessCaller(string Name, HttpClient Client, HttpClient Browser);

/// <summary>An agent with a certificate of each kind that it may reach, and everybody who might reach for it.</summary>
internal sealed class AccessWorld
{
    private readonly Dictionary<string, string> values = [];
    private readonly string csr;

    private AccessWorld(string agentId, string certificateId, string versionId, string renewalId, string csr)
    {
        this.csr = csr;
        (AgentId, values["certificate"], values["versionId"], values["renewalId"]) = (agentId, certificateId, versionId, renewalId);
    }

    public string AgentId { get; }

    /// <summary>In the order in which they ask: those who are refused first, since an answer may be given only once.</summary>
    public required IReadOnlyList<AccessCaller> Callers { get; init; }

    public static async Task<AccessWorld> CreateAsync(CertctlServer server)
    {
        var (admin, operators) = (server.Client(Role.Admin), server.Client(Role.Operator));
        var (agentId, agent) = await server.RegisterAgent("access");
        var (_, other) = await server.RegisterAgent("access-other");
        var (retiredId, retired) = await server.RegisterAgent("access-retired");
        await operators.Delete($"agents/{retiredId}");
        var (certificateId, version) = await operators.CreateAndIssue("access", ("agent_id", agentId));
        var waiting = await operators.Create("access-agent", ("key_mode", "agent"), ("agent_id", agentId));
        var renewalId = await server.Database.Value<string>("SELECT id FROM renewals WHERE certificate_id = $1", waiting);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new AccessWorld(agentId, certificateId, version.Text("id"), renewalId, NewCertificates.Csr(key, "access-agent.example.test"))
        {
            Callers =
            [
                await CallerAsync(server, "nobody", server.AnonymousFrom("127.0.0.4")),
                await CallerAsync(server, "retired agent", retired),
                await CallerAsync(server, "another agent", other),
                await CallerAsync(server, "agent key, other prefix", await KeyAsync(server, admin, "access-key-other", "ag-nobodys-")),
                await CallerAsync(server, "viewer", server.Client(Role.Viewer), CertctlServer.KeyOf("Viewer")),
                await CallerAsync(server, "the agent", agent),
                await CallerAsync(server, "agent key, its prefix", await KeyAsync(server, admin, "access-key", agentId)),
                await CallerAsync(server, "operator", operators, CertctlServer.KeyOf("Operator")),
                await CallerAsync(server, "admin", admin, CertctlServer.KeyOf("Admin")),
            ],
        };
    }

    public string PathOf(MappedRoute route) => route.Path(name => name switch
    {
        "id" when route.Pattern.StartsWith("/api/v1/agents/", StringComparison.Ordinal) => AgentId,
        "id" when IsOfTheCertificate(route) => values["certificate"],
        "issuer_id" => "iss-local",
        "profile" => "prof-test",
        _ => values.GetValueOrDefault(name, "none"),
    });

    /// <summary>What a caller who is let in may send without harm; where whose object it is decides, what is right.</summary>
    public object? BodyOf(MappedRoute route) =>
        route.Method is not ("POST" or "PATCH") || route.Pattern.EndsWith("/private-key", StringComparison.Ordinal) || route.Pattern.EndsWith("/heartbeat", StringComparison.Ordinal) ? null
        : route.Pattern.EndsWith("/csr", StringComparison.Ordinal) ? new { csr_pem = csr }
        : new { nonsense = 1 };

    private static bool IsOfTheCertificate(MappedRoute route) =>
        route.Pattern.EndsWith("/pem", StringComparison.Ordinal) || route.Pattern.EndsWith("/private-key", StringComparison.Ordinal);

    private static async Task<AccessCaller> CallerAsync(CertctlServer server, string name, HttpClient client, string? dashboardKey = null)
    {
        var browser = server.Browser();
        if (dashboardKey is not null) (await browser.LogIn(dashboardKey)).Is(System.Net.HttpStatusCode.Found);
        return new AccessCaller(name, client, browser);
    }

    private static async Task<HttpClient> KeyAsync(CertctlServer server, HttpClient admin, string name, string prefix) => server.Client(
        (await admin.Post("api-keys", new { name, role = "agent", agent_id_prefix = prefix })).Is(System.Net.HttpStatusCode.Created).Json.Text("key"));
}
