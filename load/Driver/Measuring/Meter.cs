using System.Collections.Concurrent;
using System.Diagnostics;

namespace Certctl.Load.Measuring;

/// <summary>
/// Counts and latencies of one run. Latencies are those of the measured window; failures count from the first second to the
/// last, for a server that fails while it warms up fails.
/// </summary>
internal sealed class Meter
{
    /// <summary>The name under which whole flows are recorded. Without such a step each request is a flow.</summary>
    public const string Flow = "flow";

    private const int KeptReasons = 20;

    private readonly Dictionary<string, StepMeter> steps;
    private readonly ConcurrentDictionary<string, int> reasons = new();
    private readonly Lock gate = new();
    private readonly long[] kinds = new long[Enum.GetValues<Failure>().Length];
    private volatile bool open;
    private long opened;
    private long closed;
    private long ticked;
    private long lastEnd;
    private long longestSilence;

    public Meter(params string[] steps) => this.steps = steps.ToDictionary(s => s, s => new StepMeter(s));

    /// <summary>Flows that succeeded since the start, warm-up included.</summary>
    public long Finished => Sum(s => s.Finished);

    public long Failures => kinds.Sum();

    /// <summary>Whether what begins now is measured.</summary>
    public bool IsOpen => open;

    public void Open()
    {
        opened = ticked = lastEnd = Stopwatch.GetTimestamp();
        open = true;
    }

    /// <returns>How long it was open.</returns>
    public TimeSpan Close()
    {
        NoteEnd();
        open = false;
        closed = Stopwatch.GetTimestamp();
        return Stopwatch.GetElapsedTime(opened, closed);
    }

    /// <summary>Of what takes no time worth asking when it began.</summary>
    public void Record(string step, TimeSpan elapsed) => Record(step, elapsed, open);

    /// <param name="measured">Whether it began in the window: what is late is not left out.</param>
    public void Record(string step, TimeSpan elapsed, bool measured)
    {
        steps[step].Record(elapsed, measured);
        if (open) NoteEnd();
    }

    public void Fail(string step, Failure kind, string reason)
    {
        steps[step].Fail();
        Interlocked.Increment(ref kinds[(int)kind]);
        lock (gate)
            if (reasons.Count < KeptReasons || reasons.ContainsKey(reason)) reasons.AddOrUpdate(reason, 1, (_, n) => n + 1);
    }

    public void Fail(string step, Exception thrown)
    {
        var (kind, reason) = FailedException.Explain(thrown);
        Fail(step, kind, reason);
    }

    /// <summary>Ends an interval of every step's series. One caller at a time.</summary>
    /// <param name="shortest">A shorter interval goes on: a rate of a few milliseconds says nothing.</param>
    public void Tick(TimeSpan shortest = default)
    {
        var now = Stopwatch.GetTimestamp();
        if (!open || Stopwatch.GetElapsedTime(ticked, now) < shortest) return;
        var seconds = Stopwatch.GetElapsedTime(ticked, now).TotalSeconds;
        foreach (var step in steps.Values) step.Tick(Stopwatch.GetElapsedTime(opened, now).TotalSeconds, seconds);
        ticked = now;
    }

    /// <param name="window">How long it was open.</param>
    public Report Report(string scenario, TimeSpan window, IReadOnlyDictionary<string, object> settings)
    {
        var flows = Sum(s => s.Measured);
        return new Report(
            scenario, window.TotalSeconds, flows, Failures, flows / window.TotalSeconds,
            [.. steps.Values.Select(s => s.Report(window.TotalSeconds))], new SortedDictionary<string, int>(reasons), settings)
        {
            Attempts = Finished + Failures,
            ServerErrors = kinds[(int)Failure.ServerError],
            WrongAnswers = kinds[(int)Failure.Wrong],
            LongestSilenceMs = Stopwatch.GetElapsedTime(0, longestSilence).TotalMilliseconds,
        };
    }

    private long Sum(Func<StepMeter, long> count) => steps.TryGetValue(Flow, out var flow) ? count(flow) : steps.Values.Sum(count);

    /// <summary>The longest time in which nothing ended: a closed loop shows a stall in no percentile.</summary>
    private void NoteEnd()
    {
        var now = Stopwatch.GetTimestamp();
        var silence = now - Interlocked.Exchange(ref lastEnd, now);
        var longest = Interlocked.Read(ref longestSilence);
        while (silence > longest && Interlocked.CompareExchange(ref longestSilence, silence, longest) is var seen && seen != longest) longest = seen;
    }
}
