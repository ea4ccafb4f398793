using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Certctl.Loopback.Dns;
using Certctl.Loopback.Http;
using Certctl.Rfc8555;

namespace Certctl.IntegrationTests.Acme;

/// <summary>A server for what cert-manager says to it: terms of service to agree to, and a world outside in which every name is
/// this host and http-01 is answered by <see cref="Http"/>.</summary>
public sealed class CertManagerServer : CertctlServer, IAsyncLifetime
{
    public const string Name = "cert-manager";
    private readonly LoopbackDns dns = new() { Fallback = IPAddress.Loopback };

    public LoopbackHttp Http { get; } = new();

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?>
    {
        ["CERTCTL_ACME_SERVER_ENABLED"] = "true",
        ["CERTCTL_ACME_SERVER_TOS_URL"] = "https://terms.example.test/",
        ["CERTCTL_ACME_SERVER_DNS01_RESOLVER"] = dns.EndPoint.ToString(),
        ["CERTCTL_ACME_SERVER_HTTP01_PORT"] = $"{Http.Port}",
        ["CERTCTL_ACME_SERVER_ALLOW_LOOPBACK"] = "true",
    };

    /// <summary>A client that trusts the server's root and writes down what it says.</summary>
    internal CertManager Client(string profile, AcmeAccountKey key)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { X509Certificate2.CreateFromPem(CaPem) },
            RevocationMode = X509RevocationMode.NoCheck,
        };
        var transcript = new Transcript(new Uri(Base, $"/acme/profile/{profile}/").ToString())
        {
            InnerHandler = new SocketsHttpHandler
            {
                UseProxy = false,
                SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
            },
        };
        return new CertManager(transcript, key);
    }

    public new async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Http.DisposeAsync();
        await dns.DisposeAsync();
    }
}

[CollectionDefinition(CertManagerServer.Name)]
public sealed class CertManagerTests : ICollectionFixture<CertManagerServer>;
