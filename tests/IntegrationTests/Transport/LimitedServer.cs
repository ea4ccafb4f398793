namespace Certctl.IntegrationTests.Transport;

/// <summary>A server whose limits a test reaches in seconds.</summary>
public sealed class LimitedServer : CertctlServer
{
    public const int Connections = 30;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?>
    {
        ["CERTCTL_MAX_CONNECTIONS"] = $"{Connections}",
        ["CERTCTL_MAX_BODY_SIZE"] = "20000",
        ["CERTCTL_MAX_HEADER_COUNT"] = "20",
        ["CERTCTL_MAX_HEADERS_SIZE"] = "4096",
        ["CERTCTL_MAX_REQUEST_LINE_SIZE"] = "1024",
        ["CERTCTL_REQUEST_HEADERS_TIMEOUT"] = "1s",
        ["CERTCTL_MIN_BODY_RATE"] = "10000",
        ["CERTCTL_MIN_BODY_RATE_GRACE"] = "2s",
        ["CERTCTL_KEEP_ALIVE_TIMEOUT"] = "1s",
    };
}
