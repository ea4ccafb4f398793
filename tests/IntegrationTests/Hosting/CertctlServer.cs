using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Certctl.AllInOne;
using Certctl.Core.Domain.Access;
using Certctl.Core.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Serilog;
using Serilog.Events;

namespace Certctl.IntegrationTests.Hosting;

/// <summary>The whole product in this process, on free ports, with a database and a vhost of its own. What is sent to it
/// goes over TLS, and is trusted because of the root in its ca.pem and of nothing else.</summary>
public class CertctlServer : IAsyncLifetime
{
    private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("certctl-test-");
    private readonly int port = FreePort.Next();
    private readonly int pkiPort = FreePort.Next();
    private readonly List<HttpClient> clients = [];
    private WebApplication? app;
    private TestDatabase? database;
    private TestVirtualHost? virtualHost;

    public IServiceProvider Services => app!.Services;

    public TestDatabase Database => database!;

    public Uri Base => new($"https://localhost:{port}/api/v1/");

    /// <summary>The plain-http base of CRL, OCSP and CA certificates.</summary>
    public Uri PkiBase => new($"http://localhost:{pkiPort}/.well-known/pki/");

    public string CaPem => File.ReadAllText(Path.Combine(state.FullName, "ca.pem"));

    /// <summary>What differs from the defaults.</summary>
    protected virtual IEnumerable<KeyValuePair<string, string?>> Settings => [];

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        virtualHost = await TestVirtualHost.CreateAsync();
        var builder = ServiceHost.CreateBuilder([], configuration => configuration.AddInMemoryCollection(CommonSettings()).AddInMemoryCollection(Settings));
        AllInOneHost.Add(builder);
        builder.Services.AddSerilog(LogToFile);
        app = await ServiceHost.BuildAsync(builder, AllInOneHost.Map);
        await app.StartAsync();
        await Eventually.Holds(async () => (await Anonymous().Get("/health/ready")).Body.Contains("\"ready\"", StringComparison.Ordinal), "the server is ready");
    }

    /// <summary>A client that shows a token of this role.</summary>
    public HttpClient Client(Role role) => Client(KeyOf(role.ToString()));

    /// <summary>A second operator, for what needs four eyes.</summary>
    public HttpClient OtherOperator() => Client(KeyOf("OtherOperator"));

    public HttpClient Client(string token)
    {
        var client = Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public HttpClient Anonymous() => Kept(new HttpClient(Handler()) { BaseAddress = Base });

    /// <summary>A client without a token at another loopback address, for a test that uses up what its address may ask.</summary>
    public HttpClient AnonymousFrom(string address)
    {
        var handler = Handler();
        handler.ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        };
        return Kept(new HttpClient(handler) { BaseAddress = Base });
    }

    /// <summary>A client that keeps cookies and shows redirects, as a browser would before it follows them.</summary>
    public HttpClient Browser()
    {
        var handler = Handler();
        (handler.UseCookies, handler.AllowAutoRedirect) = (true, false);
        return Kept(new HttpClient(handler) { BaseAddress = Base });
    }

    public static string KeyOf(string name) => $"key-of-{name}-in-the-tests";

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients) client.Dispose();
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        if (virtualHost is not null) await virtualHost.DisposeAsync();
        if (database is not null) await database.DisposeAsync();
        state.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>What every process of these tests is told.</summary>
    protected Dictionary<string, string?> CommonSettings() => new Dictionary<string, string?>
    {
        ["CERTCTL_SERVER_PORT"] = $"{port}",
        ["CERTCTL_PKI_PORT"] = $"{pkiPort}",
        ["CERTCTL_DATABASE_URL"] = database!.ConnectionString,
        ["CERTCTL_DATABASE_MAX_CONNS"] = "20",
        ["CERTCTL_RABBITMQ_URL"] = virtualHost!.Url,
        ["CERTCTL_CONFIG_ENCRYPTION_KEY"] = "the-key-encryption-key-of-the-tests-only",
        ["CERTCTL_DEMO_SEED"] = "true",
        ["CERTCTL_STATE_DIR"] = state.FullName,
        ["CERTCTL_SCHEDULER_RENEWAL_CHECK_INTERVAL"] = "24h",
        ["CERTCTL_API_KEYS_NAMED"] = string.Join(',',
            $"admin:{KeyOf("Admin")}:admin", $"operator:{KeyOf("Operator")}:operator", $"other-operator:{KeyOf("OtherOperator")}:operator",
            $"viewer:{KeyOf("Viewer")}:viewer", $"gateway:{KeyOf("Agent")}:agent:ag-gateway-", $"impatient:{KeyOf("Impatient")}:viewer"),
    };

    /// <summary>What the server says of the outages that tests make belongs beside the results, not between them.</summary>
    protected void LogToFile(LoggerConfiguration log) => log.MinimumLevel.Is(LogEventLevel.Warning).WriteTo.File(
        Path.Combine(TestServices.Required("CERTCTL_TEST_STATE_DIR"), "logs", $"{GetType().Name}.log"), formatProvider: CultureInfo.InvariantCulture);

    protected HttpClient Kept(HttpClient client)
    {
        clients.Add(client);
        return client;
    }

    /// <summary>Trusts the root in ca.pem and nothing else.</summary>
    protected SocketsHttpHandler Handler() => new()
    {
        UseCookies = false,
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { X509Certificate2.CreateFromPem(CaPem) },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        },
    };
}
