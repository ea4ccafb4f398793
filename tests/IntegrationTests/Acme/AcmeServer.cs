using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Certctl.Loopback.Dns;
using Certctl.Loopback.Http;
using Certctl.Loopback.TlsAlpn;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>A server with the world outside that its validations see: every name is this host unless <see cref="Dns"/> says
/// otherwise.</summary>
public class AcmeServer : CertctlServer, IAsyncLifetime
{
    public const string Name = "ACME server";

    private HttpClient? http;

    public LoopbackDns Dns { get; } = new() { Fallback = IPAddress.Loopback };

    public LoopbackHttp Http { get; } = new();

    public LoopbackTlsAlpn TlsAlpn { get; } = new();

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?>
    {
        ["CERTCTL_ACME_SERVER_ENABLED"] = "true",
        ["CERTCTL_ACME_SERVER_DEFAULT_PROFILE_ID"] = "prof-test",
        ["CERTCTL_ACME_SERVER_DNS01_RESOLVER"] = Dns.EndPoint.ToString(),
        ["CERTCTL_ACME_SERVER_HTTP01_PORT"] = $"{Http.Port}",
        ["CERTCTL_ACME_SERVER_TLSALPN01_PORT"] = $"{TlsAlpn.Port}",
        ["CERTCTL_ACME_SERVER_ALLOW_LOOPBACK"] = "true",
    };

    public string Directory(string profile) => new Uri(Base, $"/acme/profile/{profile}/directory").ToString();

    /// <summary>A client that has no account yet.</summary>
    public AcmeClient Stranger(string profile, AcmeAccountKey? key = null) => new(Shared, Directory(profile), key ?? AcmeAccountKey.Es256());

    /// <summary>A client with an account.</summary>
    public async Task<AcmeClient> Account(string profile = "prof-burst", AcmeAccountKey? key = null)
    {
        var client = Stranger(profile, key);
        (await client.NewAccountAsync(["mailto:ops@example.test"])).Ensured();
        return client;
    }

    public HttpClient Shared => http ??= new HttpClient(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { X509Certificate2.CreateFromPem(CaPem) },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        },
    });

    public new async ValueTask DisposeAsync()
    {
        http?.Dispose();
        await base.DisposeAsync();
        await Http.DisposeAsync();
        await TlsAlpn.DisposeAsync();
        await Dns.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

[CollectionDefinition(AcmeServer.Name)]
public sealed class AcmeServerTests : ICollectionFixture<AcmeServer>;
