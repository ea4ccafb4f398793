using Certctl.Core.Hosting.Settings;

namespace Certctl.AcmeService.Validation;

/// <summary>How ownership is proven.</summary>
public sealed record ValidationSettings
{
    [Setting("CERTCTL_ACME_SERVER_DNS01_RESOLVER", "Resolver (host:port) of every look-up that ACME makes: A, AAAA, CNAME, TXT, CAA.")]
    public string Resolver { get; init; } = "8.8.8.8:53";

    [Setting("CERTCTL_ACME_SERVER_HTTP01_CONCURRENCY", "http-01 validations of one process at once.", Min = 1, Max = 1000)]
    public int Http01Concurrency { get; init; } = 10;

    [Setting("CERTCTL_ACME_SERVER_DNS01_CONCURRENCY", "dns-01 validations of one process at once.", Min = 1, Max = 1000)]
    public int Dns01Concurrency { get; init; } = 10;

    [Setting("CERTCTL_ACME_SERVER_TLSALPN01_CONCURRENCY", "tls-alpn-01 validations of one process at once.", Min = 1, Max = 1000)]
    public int TlsAlpn01Concurrency { get; init; } = 10;

    [Setting("CERTCTL_ACME_SERVER_HTTP01_PORT", "Port that http-01 dials; for tests.", Min = 1, Max = 65535)]
    public int Http01Port { get; init; } = 80;

    [Setting("CERTCTL_ACME_SERVER_TLSALPN01_PORT", "Port that tls-alpn-01 dials; for tests.", Min = 1, Max = 65535)]
    public int TlsAlpn01Port { get; init; } = 443;

    [Setting("CERTCTL_ACME_SERVER_ALLOW_LOOPBACK", "Whether validation may dial loopback addresses; for tests.")]
    public bool AllowLoopback { get; init; }

    [Setting("CERTCTL_ACME_SERVER_VALIDATION_WINDOW", "How long time-outs, refused connections and SERVFAIL are tried again.", Min = 1, Max = 300)]
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);
}
