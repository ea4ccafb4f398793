using System.Collections.Concurrent;
using HdrHistogram;

namespace Certctl.Load.Measuring;

/// <summary>
/// Counts and latencies of one run. Only what ends while the window is open is measured; failures count from the first
/// second to the last, for a server that fails while it warms up fails.
/// </summary>
internal sealed class Meter(params string[] steps)
{
    /// <summary>The name under which whole flows are recorded.</summary>
    public const string Flow = "flow";

    private const int KeptReasons = 20;
    private static readonly long Longest = (long)TimeSpan.FromMinutes(10).TotalMicroseconds;

    private readonly Dictionary<string, LongConcurrentHistogram> histograms =
        steps.Append(Flow).ToDictionary(s => s, _ => new LongConcurrentHistogram(1, Longest, 3));

    private readonly ConcurrentDictionary<string, int> reasons = new();
    private readonly Lock gate = new();
    private volatile bool open;
    private long finished;
    private long failures;

    /// <summary>Flows that succeeded since the start, warm-up included.</summary>
    public long Finished => Interlocked.Read(ref finished);

    public long Failures => Interlocked.Read(ref failures);

    public void Open() => open = true;

    public void Close() => open = false;

    public void Record(string step, TimeSpan elapsed)
    {
        if (step == Flow) Interlocked.Increment(ref finished);
        if (open) histograms[step].RecordValue(Math.Clamp((long)elapsed.TotalMicroseconds, 1, Longest));
    }

    public void Fail(string reason)
    {
        Interlocked.Increment(ref failures);
        lock (gate)
            if (reasons.Count < KeptReasons || reasons.ContainsKey(reason)) reasons.AddOrUpdate(reason, 1, (_, n) => n + 1);
    }

    /// <param name="window">How long it was open.</param>
    public Report Report(string scenario, TimeSpan window, IReadOnlyDictionary<string, object> settings) => new(
        scenario, window.TotalSeconds, histograms[Flow].TotalCount, Failures, histograms[Flow].TotalCount / window.TotalSeconds,
        [.. steps.Append(Flow).Select(Step)], new SortedDictionary<string, int>(reasons), settings);

    private StepReport Step(string name)
    {
        var histogram = histograms[name];
        if (histogram.TotalCount == 0) return new StepReport(name, 0, 0, 0, 0, 0);
        double Ms(double percentile) => histogram.GetValueAtPercentile(percentile) / 1000.0;
        return new StepReport(name, histogram.TotalCount, Ms(50), Ms(95), Ms(99), Ms(100));
    }
}

/// <summary>Times the steps of one flow, each from the end of the one before it.</summary>
internal struct StepClock(Meter meter, TimeProvider time)
{
    private readonly long started = time.GetTimestamp();
    private long last = time.GetTimestamp();

    public void Ended(string step)
    {
        var now = time.GetTimestamp();
        meter.Record(step, time.GetElapsedTime(last, now));
        last = now;
    }

    public readonly void FlowEnded() => meter.Record(Meter.Flow, time.GetElapsedTime(started));
}
