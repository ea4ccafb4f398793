using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using Certctl.Core.Domain.Access;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Hosting;

/// <summary>Processes of the product on one database and one vhost: AllInOne, or the four services, or several of one.</summary>
internal sealed class ProductFleet : IAsyncDisposable
{
    public const string KeyEncryptionKey = "the-key-encryption-key-of-the-tests-only";

    private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("certctl-test-");
    private readonly Dictionary<string, int> ports = Ports.ToDictionary(name => name, _ => FreePort.Next());
    private readonly List<ServiceProcess> processes = [];
    private readonly List<HttpClient> clients = [];
    private readonly TestVirtualHost virtualHost;

    private ProductFleet(TestDatabase database, TestVirtualHost virtualHost) => (Database, this.virtualHost) = (database, virtualHost);

    private static IEnumerable<string> Ports => ["CERTCTL_SERVER_PORT", "CERTCTL_PKI_PORT", "CERTCTL_ACME_PORT", "CERTCTL_RENEWAL_PORT", "CERTCTL_HEARTBEAT_PORT"];

    public TestDatabase Database { get; }

    public IReadOnlyList<ServiceProcess> Processes => processes;

    public string StateFolder => state.FullName;

    public string CaFile => Path.Combine(state.FullName, "ca.pem");

    public string RabbitMqUrl => virtualHost.Url;

    /// <param name="database">An existing one, which is disposed of with the fleet; null: a new one.</param>
    public static async Task<ProductFleet> CreateAsync(TestDatabase? database = null) =>
        new(database ?? await TestDatabase.CreateAsync(), await TestVirtualHost.CreateAsync());

    /// <summary>Starts one process; it may not be ready yet.</summary>
    public ServiceProcess Start(string service, params IEnumerable<(string Name, string Value)> settings)
    {
        var all = Settings();
        foreach (var (name, value) in settings) all[name] = value;
        var process = new ServiceProcess(service, all);
        processes.Add(process);
        return process;
    }

    /// <summary>The URL of the same resource at this fleet.</summary>
    public string Here(string url) => new UriBuilder(url) { Port = ports["CERTCTL_SERVER_PORT"] }.Uri.ToString();

    /// <summary>Whether the API answers, ready or not.</summary>
    public async Task<bool> AnswersAsync()
    {
        try
        {
            return (await Http().Get("/health/live")).Status == System.Net.HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>The number of the CRL of the first issuer (RFC 5280 5.2.3).</summary>
    public async Task<long> CrlNumberAsync()
    {
        using var http = new HttpClient();
        var der = await http.GetByteArrayAsync(new Uri($"http://localhost:{ports["CERTCTL_PKI_PORT"]}/.well-known/pki/crl/iss-local.crl"));
        CertificateRevocationListBuilder.Load(der, out var number);
        return (long)number;
    }

    /// <summary>Waits until the process that has the port of this variable says that it is ready.</summary>
    public Task ReadyAsync(string portVariable = "CERTCTL_SERVER_PORT") => Eventually.Holds(async () =>
    {
        Assert.False(processes.Any(p => p.HasDied), string.Join('\n', processes.Where(p => p.HasDied).Select(p => $"{p.Name}: {p.Output}")));
        var isTls = portVariable is "CERTCTL_SERVER_PORT" or "CERTCTL_ACME_PORT";
        if (isTls && !File.Exists(CaFile)) return false;
        try
        {
            return (await Http().GetStringAsync(new Uri($"{(isTls ? "https" : "http")}://localhost:{ports[portVariable]}/health/ready"))).Contains("\"ready\"", StringComparison.Ordinal);
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }, $"{portVariable} is ready", TimeSpan.FromSeconds(60));

    /// <summary>A client of the API with this token.</summary>
    public HttpClient Client(string token)
    {
        var client = Http();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public HttpClient Client(Role role) => Client(CertctlServer.KeyOf(role.ToString()));

    /// <summary>A client without a token.</summary>
    /// <param name="handle">Changes its handler, which keeps no cookies and follows no redirects unless told to.</param>
    public HttpClient Http(Action<SocketsHttpHandler>? handle = null)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false };
        handler.SslOptions.CertificateChainPolicy = File.Exists(CaFile) ? AcmeHttp.Trusting(CaFile) : null;
        handle?.Invoke(handler);
        var client = new HttpClient(handler) { BaseAddress = new Uri($"https://localhost:{ports["CERTCTL_SERVER_PORT"]}/api/v1/") };
        clients.Add(client);
        return client;
    }

    /// <summary>An ACME client without an account.</summary>
    /// <param name="portVariable">Of AllInOne, or of AcmeService.</param>
    public AcmeClient Acme(string profile, string portVariable = "CERTCTL_SERVER_PORT", AcmeAccountKey? key = null) =>
        new(Http(), $"https://localhost:{ports[portVariable]}/acme/profile/{profile}/directory", key ?? AcmeAccountKey.Es256());

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes) await process.DisposeAsync();
        foreach (var client in clients) client.Dispose();
        await virtualHost.DisposeAsync();
        await Database.DisposeAsync();
        state.Delete(recursive: true);
    }

    private Dictionary<string, string> Settings() => new(ports.Select(p => KeyValuePair.Create(p.Key, $"{p.Value}")))
    {
        ["CERTCTL_DATABASE_URL"] = Database.ConnectionString,
        ["CERTCTL_DATABASE_MAX_CONNS"] = "15",
        ["CERTCTL_RABBITMQ_URL"] = virtualHost.Url,
        ["CERTCTL_CONFIG_ENCRYPTION_KEY"] = KeyEncryptionKey,
        ["CERTCTL_DEMO_SEED"] = "true",
        ["CERTCTL_STATE_DIR"] = state.FullName,
        ["CERTCTL_ACME_SERVER_ENABLED"] = "true",
        ["CERTCTL_SCHEDULER_RENEWAL_CHECK_INTERVAL"] = "24h",
        ["CERTCTL_API_KEYS_NAMED"] = string.Join(',', Enum.GetValues<Role>().Where(r => r != Role.Agent)
            .Select(r => $"{r.ToString().ToLowerInvariant()}:{CertctlServer.KeyOf(r.ToString())}:{r.ToString().ToLowerInvariant()}")),
        ["CERTCTL_LOG_LEVEL"] = "warn",
    };
}
