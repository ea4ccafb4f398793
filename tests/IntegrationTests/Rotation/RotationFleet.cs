using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Certctl.AllInOne;
using Certctl.Core.Domain.Access;
using Certctl.Core.Hosting;
using Serilog;
using Serilog.Events;

namespace Certctl.IntegrationTests.Rotation;

/// <summary>One database and vhost, and processes of the whole product on them, each with key-encryption keys of its own.</summary>
internal sealed class RotationFleet : IAsyncDisposable
{
    public const string OldKey = "the-former-key-encryption-key-of-these-tests";
    public const string NewKey = "the-new-key-encryption-key-of-these-tests";

    private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("certctl-rotation-");
    private readonly List<HttpClient> clients = [];
    private readonly TestVirtualHost virtualHost;

    private RotationFleet(TestDatabase database, TestVirtualHost virtualHost) => (Database, this.virtualHost) = (database, virtualHost);

    public TestDatabase Database { get; }

    public static async Task<RotationFleet> CreateAsync() => new(await TestDatabase.CreateAsync(), await TestVirtualHost.CreateAsync());

    /// <summary>Starts a process, and gives back an administrator's client of it.</summary>
    /// <param name="previous">Keys that open and do not seal.</param>
    public async Task<(Replica Process, HttpClient Admin)> StartAsync(string key, string previous = "")
    {
        var port = FreePort.Next();
        var process = await Replica.StartAsync(Settings(port, key, previous), Log, AllInOneHost.Add, AllInOneHost.Map);
        var client = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(Path.Combine(state.FullName, "ca.pem"))) },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        })
        {
            BaseAddress = new Uri($"https://localhost:{port}/api/v1/"),
        };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", CertctlServer.KeyOf(nameof(Role.Admin)));
        clients.Add(client);
        return (process, client);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients) client.Dispose();
        await virtualHost.DisposeAsync();
        await Database.DisposeAsync();
        state.Delete(recursive: true);
    }

    private Dictionary<string, string?> Settings(int port, string key, string previous) => new()
    {
        ["CERTCTL_SERVER_PORT"] = $"{port}",
        ["CERTCTL_PKI_PORT"] = $"{FreePort.Next()}",
        ["CERTCTL_DATABASE_URL"] = Database.ConnectionString,
        ["CERTCTL_DATABASE_MAX_CONNS"] = "20",
        ["CERTCTL_RABBITMQ_URL"] = virtualHost.Url,
        ["CERTCTL_CONFIG_ENCRYPTION_KEY"] = key,
        ["CERTCTL_CONFIG_ENCRYPTION_KEYS_PREVIOUS"] = previous,
        ["CERTCTL_DEMO_SEED"] = "true",
        ["CERTCTL_STATE_DIR"] = state.FullName,
        ["CERTCTL_ACME_SERVER_ENABLED"] = "true",
        ["CERTCTL_API_KEYS_NAMED"] = $"admin:{CertctlServer.KeyOf(nameof(Role.Admin))}:admin",
    };

    private static void Log(LoggerConfiguration log) => log.MinimumLevel.Is(LogEventLevel.Warning).WriteTo.File(
        Path.Combine(TestServices.Required("CERTCTL_TEST_STATE_DIR"), "logs", $"{nameof(RotationFleet)}.log"), formatProvider: CultureInfo.InvariantCulture);
}
