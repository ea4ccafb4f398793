namespace Certctl.Core.Hosting.Settings;

public sealed record DatabaseSettings
{
    [Setting("CERTCTL_DATABASE_URL", "PostgreSQL, as postgres://user:password@host:port/database.", Secret = true)]
    public string Url { get; init; } = "postgres://localhost/certctl";

    [Setting("CERTCTL_DATABASE_MAX_CONNS", "Largest number of connections of one process.", Min = 5, Max = 1000)]
    public int MaxConnections { get; init; } = 50;

    [Setting("CERTCTL_DEMO_SEED", "Whether the demo owner, team, policy and profiles are seeded at start.")]
    public bool DemoSeed { get; init; }
}

public sealed record BrokerSettings
{
    [Setting("CERTCTL_RABBITMQ_URL", "RabbitMQ, as amqp://user:password@host:port/vhost.", Secret = true)]
    public string Url { get; init; } = "amqp://guest:guest@localhost:5672/";
}

public sealed record EncryptionSettings
{
    [Setting("CERTCTL_CONFIG_ENCRYPTION_KEY", "Key-encryption key of CA keys and server-made keys: a text of at least 32 bytes.", Secret = true)]
    public string? Key { get; init; }

    [Setting("CERTCTL_CONFIG_ENCRYPTION_KEY_FILE", "File that holds it instead.")]
    public string? KeyFile { get; init; }

    [Setting("CERTCTL_CONFIG_ENCRYPTION_KEYS_PREVIOUS", "Former key-encryption keys that still open what they sealed.", Secret = true)]
    public string[] PreviousKeys { get; init; } = [];

    [Setting("CERTCTL_CONFIG_ENCRYPTION_KEYS_PREVIOUS_FILE", "File that holds them instead, one a line.")]
    public string? PreviousKeysFile { get; init; }
}

public sealed record CaSettings
{
    [Setting("CERTCTL_CA_CERT_PATH", "PEM file of the operator's own issuing CA, then the CAs above it (sub-CA mode).")]
    public string? CertPath { get; init; }

    [Setting("CERTCTL_CA_KEY_PATH", "PEM file of its private key.")]
    public string? KeyPath { get; init; }
}

public sealed record TelemetrySettings
{
    [Setting("CERTCTL_LOG_LEVEL", "Least severe level that is logged; seals of the audit trail are logged at any.", OneOf = "debug|info|warn|error")]
    public string LogLevel { get; init; } = "info";

    [Setting("CERTCTL_LOG_FORMAT", "json or text.", OneOf = "json|text")]
    public string LogFormat { get; init; } = "json";

    [Setting("CERTCTL_OTEL_ENABLED", "Whether traces and metrics are exported over OTLP (OTEL_EXPORTER_OTLP_* say where to).")]
    public bool OtelEnabled { get; init; }

    [Setting("CERTCTL_OTEL_SAMPLE_RATIO", "Share of traces that are kept when no caller decided it.", Min = 0, Max = 1)]
    public double SampleRatio { get; init; } = 1;

    [Setting("CERTCTL_METRICS_TOKEN", "Bearer token that reads /metrics from elsewhere than loopback; without one only loopback may.", Secret = true)]
    public string? MetricsToken { get; init; }
}
