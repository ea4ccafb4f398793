using HdrHistogram;

namespace Certctl.Load.Measuring;

/// <summary>Latencies of one step: of the whole window, and of each second of it. Any number of threads may record.</summary>
internal sealed class StepMeter(string name)
{
    private static readonly long Longest = (long)TimeSpan.FromMinutes(10).TotalMicroseconds;
    private static readonly double[] CurvePercentiles = [0, 25, 50, 75, 90, 95, 98, 99, 99.5, 99.8, 99.9, 99.95, 99.99, 100];

    private readonly LongConcurrentHistogram window = new(1, Longest, 3);
    private readonly Recorder interval = HistogramFactory.With64BitBucketSize().WithValuesUpTo(Longest).WithPrecisionOf(2)
        .WithThreadSafeWrites().WithThreadSafeReads().Create();

    private readonly List<SeriesPoint> series = [];
    private HistogramBase? recycled;
    private long finished;
    private long failures;

    /// <summary>Since the start, warm-up included.</summary>
    public long Finished => Interlocked.Read(ref finished);

    public long Measured => window.TotalCount;

    public void Record(TimeSpan elapsed, bool measured)
    {
        Interlocked.Increment(ref finished);
        if (!measured) return;
        var microseconds = Math.Clamp((long)elapsed.TotalMicroseconds, 1, Longest);
        window.RecordValue(microseconds);
        interval.RecordValue(microseconds);
    }

    public void Fail() => Interlocked.Increment(ref failures);

    /// <summary>Ends an interval of the series. One caller at a time.</summary>
    /// <param name="at">Seconds since the window opened.</param>
    public void Tick(double at, double seconds)
    {
        recycled = recycled is null ? interval.GetIntervalHistogram() : interval.GetIntervalHistogram(recycled);
        var count = recycled.TotalCount;
        series.Add(count == 0
            ? new SeriesPoint(at, 0, null, null, null)
            : new SeriesPoint(at, count / seconds, Ms(recycled, 50), Ms(recycled, 99), Ms(recycled, 100)));
    }

    /// <param name="seconds">Length of the window.</param>
    public StepReport Report(double seconds)
    {
        var count = window.TotalCount;
        if (count == 0) return new StepReport(name, 0, 0, 0, 0, 0) { Failures = Interlocked.Read(ref failures) };
        return new StepReport(name, count, Ms(window, 50), Ms(window, 95), Ms(window, 99), Ms(window, 100))
        {
            PerSecond = count / seconds,
            Failures = Interlocked.Read(ref failures),
            Curve = [.. CurvePercentiles.Select(p => new CurvePoint(p, Ms(window, p)))],
            Series = [.. series],
        };
    }

    private static double Ms(HistogramBase histogram, double percentile) => histogram.GetValueAtPercentile(percentile) / 1000.0;
}
