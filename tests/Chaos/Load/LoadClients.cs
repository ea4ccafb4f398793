using System.Net.Http.Headers;
using Certctl.Chaos.Fleet;
using Certctl.Rfc8555;

namespace Certctl.Chaos.Load;

/// <summary>Whoever speaks to the fleet: an operator, the agents, and ACME clients with an account each.</summary>
internal sealed class LoadClients : IDisposable
{
    private const int AcmeClients = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly HttpClient acmeHttp;

    private LoadClients(Instance instance)
    {
        Operator = Client(instance, Instance.AdminToken);
        Agents = Client(instance, Instance.AgentToken);
        acmeHttp = AcmeHttp.Create(instance.CaFile, Patience);
        Acme = [.. Enumerable.Range(0, AcmeClients).Select(_ => new AcmeClient(acmeHttp, $"{instance.Acme}profile/prof-burst/directory", AcmeAccountKey.Es256()))];
    }

    public HttpClient Operator { get; }

    public HttpClient Agents { get; }

    public IReadOnlyList<AcmeClient> Acme { get; }

    /// <summary>Makes the accounts: the fleet must be ready.</summary>
    public static async Task<LoadClients> CreateAsync(Instance instance)
    {
        var clients = new LoadClients(instance);
        foreach (var client in clients.Acme) (await client.NewAccountAsync()).Ensured();
        return clients;
    }

    public void Dispose()
    {
        Operator.Dispose();
        Agents.Dispose();
        acmeHttp.Dispose();
    }

    private static HttpClient Client(Instance instance, string token)
    {
        var client = AcmeHttp.Create(instance.CaFile, Patience);
        client.BaseAddress = instance.Api;
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}
