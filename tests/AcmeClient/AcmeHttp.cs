using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Certctl.Rfc8555;

/// <summary>The HTTP client that all <see cref="AcmeClient"/>s of a process share.</summary>
public static class AcmeHttp
{
    /// <param name="caFile">PEM of the roots to trust and of no others; null: the system's.</param>
    public static HttpClient Create(string? caFile, TimeSpan? timeout = null)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        };
        if (caFile is not null) handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Trusting(caFile) };
        return new HttpClient(handler, disposeHandler: true) { Timeout = timeout ?? TimeSpan.FromSeconds(30) };
    }

    /// <summary>A chain is good when it ends in one of the file's certificates. Revocation is not looked up.</summary>
    public static X509ChainPolicy Trusting(string caFile)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(caFile);
        return policy;
    }
}
