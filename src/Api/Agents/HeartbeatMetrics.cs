using System.Diagnostics.Metrics;
using Certctl.Core.Hosting;

namespace Certctl.Api.Agents;

internal static class HeartbeatMetrics
{
    public static readonly Counter<long> Accepted = Telemetry.Meter.CreateCounter<long>(
        "certctl.heartbeat.accepted", description: "Heartbeats that the broker has confirmed.");

    private static readonly Counter<long> Rejections = Telemetry.Meter.CreateCounter<long>(
        "certctl.heartbeat.rejected", description: "Heartbeats refused, by reason.");

    public static readonly Histogram<int> Coalesced = Telemetry.Meter.CreateHistogram(
        "certctl.heartbeat.coalesced", unit: "{heartbeat}", description: "Heartbeats in one message to the broker.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500] });

    public static void Rejected(string reason) => Rejections.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
