using Certctl.Core.Hosting.Settings;

namespace Certctl.HeartbeatIngest;

/// <summary>How heartbeats are queued and written. RabbitMQ refuses to declare
/// a queue again with other bounds: delete <c>store-heartbeats</c> before these are changed (docs/operator/running.md).</summary>
public sealed record IngestSettings
{
    [Setting("CERTCTL_HEARTBEAT_QUEUE_LENGTH", "Messages, of up to 500 heartbeats each, that the queue holds before it drops the oldest.", Min = 100, Max = 10_000_000)]
    public int QueueLength { get; init; } = 100_000;

    [Setting("CERTCTL_HEARTBEAT_QUEUE_AGE", "Age at which a waiting message is dropped.", Min = 10, Max = 86_400)]
    public TimeSpan QueueAge { get; init; } = TimeSpan.FromMinutes(10);

    [Setting("CERTCTL_HEARTBEAT_WRITE_INTERVAL", "Longest time for which messages are gathered into one write.", Min = 0.01, Max = 10)]
    public TimeSpan WriteInterval { get; init; } = TimeSpan.FromMilliseconds(200);
}
