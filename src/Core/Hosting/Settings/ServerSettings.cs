namespace Certctl.Core.Hosting.Settings;

/// <summary>Where the services listen and under which names they are known.</summary>
public sealed record ServerSettings
{
    [Setting("CERTCTL_SERVER_HOST", "Address that the services listen on.")]
    public string Host { get; init; } = "127.0.0.1";

    [Setting("CERTCTL_SERVER_PORT", "HTTPS port of the API (of everything in AllInOne).", Min = 1, Max = 65535)]
    public int Port { get; init; } = 8443;

    [Setting("CERTCTL_ACME_PORT", "HTTPS port of AcmeService in the fleet.", Min = 1, Max = 65535)]
    public int AcmePort { get; init; } = 8444;

    [Setting("CERTCTL_RENEWAL_PORT", "HTTP port of RenewalWorker's health and metrics, on loopback.", Min = 1, Max = 65535)]
    public int RenewalPort { get; init; } = 8445;

    [Setting("CERTCTL_HEARTBEAT_PORT", "HTTP port of HeartbeatIngest's health and metrics, on loopback.", Min = 1, Max = 65535)]
    public int HeartbeatPort { get; init; } = 8446;

    [Setting("CERTCTL_PKI_PORT", "HTTP port of /.well-known/pki: CRL, OCSP and CA certificates.", Min = 1, Max = 65535)]
    public int PkiPort { get; init; } = 8080;

    [Setting("CERTCTL_PUBLIC_URL", "URL under which clients reach the API; https://localhost and the port unless set.")]
    public Uri? PublicUrl { get; init; }

    [Setting("CERTCTL_ACME_PUBLIC_URL", "URL under which ACME clients reach the ACME server.")]
    public Uri? AcmePublicUrl { get; init; }

    [Setting("CERTCTL_PKI_PUBLIC_URL", "URL of /.well-known/pki as written into every certificate; http://localhost and the port unless set.")]
    public Uri? PkiPublicUrl { get; init; }

    [Setting("CERTCTL_TRUSTED_PROXIES", "Addresses or CIDR ranges whose X-Forwarded-For and X-Forwarded-Proto are believed.")]
    public string[] TrustedProxies { get; init; } = [];

    [Setting("CERTCTL_SERVER_TLS_CERT_PATH", "PEM file of the servers' own certificate chain, instead of one issued by certctl.")]
    public string? TlsCertPath { get; init; }

    [Setting("CERTCTL_SERVER_TLS_KEY_PATH", "PEM file of its private key.")]
    public string? TlsKeyPath { get; init; }

    [Setting("CERTCTL_STATE_DIR", "Folder to which the root to trust is written as ca.pem.")]
    public string? StateDir { get; init; }

    /// <summary>The base of /.well-known/pki, without a slash at its end.</summary>
    public string PkiBase => (PkiPublicUrl?.ToString() ?? $"http://localhost:{PkiPort}").TrimEnd('/');
}
