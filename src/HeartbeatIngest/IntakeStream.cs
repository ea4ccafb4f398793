namespace Certctl.HeartbeatIngest;

/// <summary>What a batch says of the stream of heartbeat messages.</summary>
/// <param name="First">SentAt of its oldest message.</param>
/// <param name="Last">SentAt of its newest message.</param>
/// <param name="ContinuousSince">The end of the last gap within the batch; its first message when it has none.</param>
internal readonly record struct IntakeStream(DateTimeOffset First, DateTimeOffset Last, DateTimeOffset ContinuousSince)
{
    /// <summary>Silence of the whole stream that means an outage of ours: three pulses of an idle API.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromSeconds(15);

    /// <summary>Reads the instants of a batch, in any order; at least one.</summary>
    public static IntakeStream Of(IEnumerable<DateTimeOffset> sentAt)
    {
        var ordered = sentAt.Order().ToArray();
        var since = ordered[0];
        for (var i = 1; i < ordered.Length; i++)
            if (ordered[i] - ordered[i - 1] > Gap) since = ordered[i];
        return new(ordered[0], ordered[^1], since);
    }
}
