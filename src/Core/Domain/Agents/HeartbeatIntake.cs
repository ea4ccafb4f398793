namespace Certctl.Core.Domain.Agents;

/// <summary>One row: how far the stream of heartbeat messages has been stored. An agent's silence is measured on this
/// stream, so that an outage of the API, the broker, the ingest or the database marks nobody offline.</summary>
public sealed class HeartbeatIntake
{
    public const int SingletonId = 1;

    public int Id { get; init; } = SingletonId;

    /// <summary>SentAt of the newest message stored.</summary>
    public DateTimeOffset LastIntakeAt { get; set; }

    /// <summary>Since when the stream has had no gap.</summary>
    public DateTimeOffset ContinuousSince { get; set; }
}
