namespace Certctl.Core.Hosting.Settings;

/// <summary>What one client may make a process hold.</summary>
public sealed record RequestLimitSettings
{
    [Setting("CERTCTL_MAX_BODY_SIZE", "Largest request body, in bytes.", Min = 1024, Max = 104857600)]
    public int MaxBodySize { get; init; } = 1024 * 1024;

    [Setting("CERTCTL_MAX_CONNECTIONS", "Most open connections of one process; what comes beyond is closed at once.", Min = 10, Max = 1_000_000)]
    public int MaxConnections { get; init; } = 20_000;

    [Setting("CERTCTL_MAX_HEADER_COUNT", "Most header fields of a request.", Min = 20, Max = 1000)]
    public int MaxHeaderCount { get; init; } = 100;

    [Setting("CERTCTL_MAX_HEADERS_SIZE", "Largest header of a request, all its fields together, in bytes.", Min = 4096, Max = 1048576)]
    public int MaxHeadersSize { get; init; } = 32 * 1024;

    [Setting("CERTCTL_MAX_REQUEST_LINE_SIZE", "Longest request line, the URL included, in bytes.", Min = 1024, Max = 65536)]
    public int MaxRequestLineSize { get; init; } = 8 * 1024;

    [Setting("CERTCTL_REQUEST_HEADERS_TIMEOUT", "Longest time that a client may take to send the header of a request.", Min = 1, Max = 300)]
    public TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(5);

    [Setting("CERTCTL_MIN_BODY_RATE", "Slowest rate at which a body may come in and an answer may be read, in bytes a second.", Min = 1, Max = 1048576)]
    public int MinBodyRate { get; init; } = 240;

    [Setting("CERTCTL_MIN_BODY_RATE_GRACE", "How long a client may be slower than that.", Min = 2, Max = 300)]
    public TimeSpan MinBodyRateGrace { get; init; } = TimeSpan.FromSeconds(5);

    [Setting("CERTCTL_KEEP_ALIVE_TIMEOUT", "How long a connection without a request is kept open.", Min = 1, Max = 3600)]
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(130);
}
