namespace Certctl.Core.Hosting;

/// <summary>Queues that commands are sent to: their consumers' names in kebab-case.</summary>
public static class Queues
{
    public const string StartBulkRenewal = "start-bulk-renewal";
    public const string CancelBulkRenewal = "cancel-bulk-renewal";
    public const string StartBulkRevocation = "start-bulk-revocation";
    public const string RenewCertificate = "renew-certificate";
    public const string RenewCertificates = "renew-certificates";
    public const string StoreHeartbeats = "store-heartbeats";
    public const string ValidateHttp01 = "validate-http01";
    public const string ValidateDns01 = "validate-dns01";
    public const string ValidateTlsAlpn01 = "validate-tls-alpn01";

    /// <summary>Those whose messages become dead letters; what is wrong with a heartbeat is mended by the next one.</summary>
    public static readonly IReadOnlyList<string> DeadLettered =
    [
        StartBulkRenewal, CancelBulkRenewal, StartBulkRevocation, RenewCertificate, RenewCertificates,
        ValidateHttp01, ValidateDns01, ValidateTlsAlpn01,
    ];

    /// <summary>All of them, and where RabbitMQ puts what it gives up on.</summary>
    public static readonly IReadOnlyList<string> All =
    [.. DeadLettered, StoreHeartbeats, MessageBus.DeadLetterQueue];
}
