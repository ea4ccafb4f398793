using System.Diagnostics;
using System.Net;
using Certctl.Loopback.Dns;
using Certctl.Loopback.Http;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>The product as a process of its own, which a test may kill and start again on the same database.</summary>
internal sealed class ProductProcess : IAsyncDisposable
{
    private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("certctl-test-");
    private readonly LoopbackDns dns = new() { Fallback = IPAddress.Loopback };
    private readonly int port = FreePort.Next();
    private readonly int pkiPort = FreePort.Next();
    private readonly TestVirtualHost virtualHost;
    private Process? process;
    private HttpClient? http;

    private ProductProcess(TestDatabase database, TestVirtualHost virtualHost) => (Database, this.virtualHost) = (database, virtualHost);

    public TestDatabase Database { get; }

    public LoopbackHttp Http { get; } = new();

    /// <summary>What differs from the settings that each such process has.</summary>
    public Dictionary<string, string> More { get; } = [];

    public int Id => process!.Id;

    public bool HasEnded => process!.HasExited;

    public Uri Base => new($"https://localhost:{port}/");

    public string CaFile => Path.Combine(state.FullName, "ca.pem");

    public static async Task<ProductProcess> CreateAsync() => new(await TestDatabase.CreateAsync(), await TestVirtualHost.CreateAsync());

    public async Task StartAsync()
    {
        // The tests' own runtime settings stand beside the tests; the product's beside the product.
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "src", "AllInOne", "bin", "Release", "net10.0", "Certctl.AllInOne"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Settings().Concat(More)) start.Environment[name] = value;
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await Eventually.Holds(async () => File.Exists(CaFile) && (await ReadyAsync()).Contains("\"ready\"", StringComparison.Ordinal), "the process is ready", TimeSpan.FromSeconds(60));
    }

    /// <summary>As the kernel kills: nothing is finished, nothing is said.</summary>
    public void Kill()
    {
        process!.Kill();
        process.WaitForExit();
        process.Dispose();
        process = null;
    }

    public async Task<AcmeClient> AccountAsync(string profile)
    {
        http ??= AcmeHttp.Create(CaFile);
        var client = new AcmeClient(http, $"https://localhost:{port}/acme/profile/{profile}/directory", AcmeAccountKey.Es256());
        (await client.NewAccountAsync()).Ensured();
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null) Kill();
        http?.Dispose();
        await Http.DisposeAsync();
        await dns.DisposeAsync();
        await virtualHost.DisposeAsync();
        await Database.DisposeAsync();
        state.Delete(recursive: true);
    }

    private async Task<string> ReadyAsync()
    {
        try
        {
            http ??= AcmeHttp.Create(CaFile);
            return await http.GetStringAsync(new Uri($"https://localhost:{port}/health/ready"));
        }
        catch (HttpRequestException)
        {
            return "";
        }
    }

    private Dictionary<string, string> Settings() => new()
    {
        ["CERTCTL_SERVER_PORT"] = $"{port}",
        ["CERTCTL_PKI_PORT"] = $"{pkiPort}",
        ["CERTCTL_DATABASE_URL"] = Database.ConnectionString,
        ["CERTCTL_RABBITMQ_URL"] = virtualHost.Url,
        ["CERTCTL_CONFIG_ENCRYPTION_KEY"] = "the-key-encryption-key-of-the-tests-only",
        ["CERTCTL_DEMO_SEED"] = "true",
        ["CERTCTL_STATE_DIR"] = state.FullName,
        ["CERTCTL_ACME_SERVER_ENABLED"] = "true",
        ["CERTCTL_ACME_SERVER_DNS01_RESOLVER"] = dns.EndPoint.ToString(),
        ["CERTCTL_ACME_SERVER_HTTP01_PORT"] = $"{Http.Port}",
        ["CERTCTL_ACME_SERVER_ALLOW_LOOPBACK"] = "true",
        ["CERTCTL_ACME_SERVER_VALIDATION_WINDOW"] = "2m",
        ["CERTCTL_LOG_LEVEL"] = "error",
    };
}
