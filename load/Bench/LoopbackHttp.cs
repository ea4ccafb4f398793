using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Certctl.Bench;

/// <summary>Clients of an instance on this machine.</summary>
internal static class LoopbackHttp
{
    /// <summary>Trusts the instance's own root, keeps as many connections as agents keep open at a usual rate, and fetches no
    /// chain for each of them.</summary>
    public static HttpClient Create(string caFile, Uri baseAddress, TimeSpan timeout) => new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = 32,
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(caFile) },
                DisableCertificateDownloads = true,
                RevocationMode = X509RevocationMode.NoCheck,
            },
        },
    })
    {
        BaseAddress = baseAddress,
        Timeout = timeout,
    };
}
