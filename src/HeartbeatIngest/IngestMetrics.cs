using System.Diagnostics.Metrics;
using Certctl.Core.Hosting;

namespace Certctl.HeartbeatIngest;

internal static class IngestMetrics
{
    public static readonly Histogram<double> Lag = Telemetry.Meter.CreateHistogram(
        "certctl.heartbeat.lag", unit: "s", description: "From a heartbeat's receipt by the API to its row in the database.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] });

    public static readonly Histogram<int> MessagesPerWrite = Telemetry.Meter.CreateHistogram(
        "certctl.heartbeat.write.messages", unit: "{message}", description: "Messages in one write to the database.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100] });

    public static readonly Histogram<int> HeartbeatsPerWrite = Telemetry.Meter.CreateHistogram(
        "certctl.heartbeat.write.heartbeats", unit: "{heartbeat}", description: "Agents whose newest heartbeat went into one write.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 10, 50, 100, 500, 1000, 5000] });

    public static readonly Counter<long> Stored = Telemetry.Meter.CreateCounter<long>(
        "certctl.heartbeat.stored", description: "Heartbeats stored, those included that a newer one of the same write made needless.");

    public static readonly Counter<long> Postponed = Telemetry.Meter.CreateCounter<long>(
        "certctl.heartbeat.write.postponed", description: "Writes tried again because the database did not answer.");
}
