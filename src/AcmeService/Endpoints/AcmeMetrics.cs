using System.Diagnostics.Metrics;
using Certctl.Core.Hosting;

namespace Certctl.AcmeService.Endpoints;

/// <summary>Requests by resource, under the names of the Go certctl: <c>certctl_acme_new_order_total</c>, and
/// <c>certctl_acme_new_order_failures_total</c> beside it.</summary>
public sealed class AcmeMetrics(string resource)
{
    private static readonly Histogram<double> Duration = Telemetry.Meter.CreateHistogram<double>(
        "certctl.acme.request.duration", "s", "Time to answer an ACME request.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] });

    private readonly Counter<long> requests = Telemetry.Meter.CreateCounter<long>($"certctl.acme.{resource}");
    private readonly Counter<long> failures = Telemetry.Meter.CreateCounter<long>($"certctl.acme.{resource}.failures");

    /// <summary>Shows the counters at 0, so that the first failure is a change that an alert sees.</summary>
    public void Appear()
    {
        requests.Add(0);
        failures.Add(0);
    }

    public void Record(AcmeAnswer answer, TimeSpan elapsed)
    {
        requests.Add(1);
        if (answer.Status >= 400) failures.Add(1);
        Duration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("resource", resource));
    }
}
