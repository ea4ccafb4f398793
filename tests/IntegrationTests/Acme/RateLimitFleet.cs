using System.Net;
using System.Net.Sockets;
using Certctl.AcmeService;
using Certctl.Core.Hosting;
using Certctl.Rfc8555;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.IntegrationTests.Acme;

/// <summary>The product, and two replicas of AcmeService that share its database under one public name, as behind a load balancer
/// that the tests steer.</summary>
public sealed class RateLimitFleet : CertctlServer, IAsyncLifetime
{
    public const string Name = "ACME fleet";

    private readonly int[] ports = [FreePort.Next(), FreePort.Next()];
    private readonly Replica?[] replicas = new Replica?[2];

    public string PublicUrl => $"https://localhost:{ports[0]}";

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?>
    {
        ["CERTCTL_ACME_SERVER_ENABLED"] = "true",
        ["CERTCTL_ACME_PUBLIC_URL"] = PublicUrl,
        // Nobody answers there: no test of this fleet proves a name.
        ["CERTCTL_ACME_SERVER_DNS01_RESOLVER"] = "127.0.0.1:1",
        // Tests start the sweeps themselves.
        ["CERTCTL_ACME_SERVER_GC_INTERVAL"] = "24h",
    };

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        foreach (var i in (int[])[0, 1]) await RestartAsync(i);
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        foreach (var replica in replicas)
            if (replica is not null) await replica.DisposeAsync();
        await DisposeAsync();
    }

    public T Service<T>(int replica = 0) where T : notnull => replicas[replica]!.Services.GetRequiredService<T>();

    /// <summary>Runs something of a scope of its own in a replica.</summary>
    public async Task Run<T>(Func<T, Task> run) where T : notnull
    {
        await using var scope = replicas[0]!.Services.CreateAsyncScope();
        await run(scope.ServiceProvider.GetRequiredService<T>());
    }

    public async Task RestartAsync(int replica)
    {
        if (replicas[replica] is { } running) await running.DisposeAsync();
        replicas[replica] = await StartAcmeAsync(ports[replica]);
    }

    /// <summary>A third one, with settings of its own.</summary>
    public async Task<(Replica Replica, int Port)> StartAnotherAsync(params (string Variable, string Value)[] settings)
    {
        var port = FreePort.Next();
        return (await StartAcmeAsync(port, settings), port);
    }

    public Task<Replica> StartAsync(IEnumerable<KeyValuePair<string, string?>> settings, Action<WebApplicationBuilder> add, Action<WebApplication> map) =>
        Replica.StartAsync([.. settings, .. Settings, .. CommonSettings()], LogToFile, add, map);

    /// <summary>What goes to the public name reaches this port.</summary>
    public HttpClient Http(int port)
    {
        var handler = Handler();
        handler.ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        };
        return Kept(new HttpClient(handler) { BaseAddress = new Uri(PublicUrl) });
    }

    public HttpClient HttpOf(int replica) => Http(ports[replica]);

    public string Directory(string profile) => $"{PublicUrl}/acme/profile/{profile}/directory";

    /// <summary>A client with an account of its own, at the first replica.</summary>
    /// <param name="limits">What an operator set for the account, as JSON.</param>
    public async Task<AcmeClient> Account(string profile, string? limits = null)
    {
        var client = new AcmeClient(HttpOf(0), Directory(profile), AcmeAccountKey.Es256());
        (await client.NewAccountAsync()).Ensured();
        if (limits is not null)
            Assert.Equal(1, await Database.Execute("UPDATE acme_accounts SET limits = $2::text::jsonb WHERE account_id = $1", Flows.IdOf(client.AccountUrl!), limits));
        return client;
    }

    /// <summary>The same account at another replica.</summary>
    public AcmeClient At(int replica, AcmeClient client, string profile) =>
        new(HttpOf(replica), Directory(profile), client.Key) { AccountUrl = client.AccountUrl };

    private Task<Replica> StartAcmeAsync(int port, params (string Variable, string Value)[] settings) => StartAsync(
        [new("CERTCTL_ACME_PORT", $"{port}"), .. settings.Select(s => new KeyValuePair<string, string?>(s.Variable, s.Value))],
        builder =>
        {
            builder.ListenHttps(s => s.AcmePort);
            builder.AddAcmeService();
            builder.AddMessageBus(bus => bus.AddAcmeServiceConsumers());
        },
        app => app.MapAcmeService());
}

[CollectionDefinition(RateLimitFleet.Name)]
public sealed class RateLimitFleetTests : ICollectionFixture<RateLimitFleet>;
