using System.Globalization;
using Certctl.Load.Measuring;

namespace Certctl.Load.Charts;

/// <summary>The charts of one step.</summary>
internal static class StepCharts
{
    private const string Median = "#3572b0", High = "#d98a00", Most = "#a33a8a", Rate = "#d5dde5";

    /// <summary>Seconds between two labels of time.</summary>
    private static readonly int[] Spacings = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800];

    /// <summary>The whole distribution. Each grid line to the right is reached by a tenth of the requests before it.</summary>
    public static string Percentiles(StepReport step, IReadOnlyList<ThresholdResult> limits)
    {
        var nines = Math.Clamp(Math.Ceiling(Math.Log10(Math.Max(10, step.Count))), 2, 5);
        (double, string)[] ticks = [(Place(0), "0"), (Place(50), "p50"), (Place(90), "p90"), (Place(99), "p99"), (Place(99.9), "p99.9"), (Place(99.99), "p99.99")];
        var x = new Axis(0, nines, Logarithmic: false, [.. ticks.Where(t => t.Item1 < nines - 0.2), (nines, "max")]);
        (double Percentile, ThresholdResult Limit)[] drawn =
        [
            .. limits.Where(l => l.Name == $"{step.Name} p95 ms").Select(l => (95.0, l)),
            .. limits.Where(l => l.Name == $"{step.Name} p99 ms").Select(l => (99.0, l)),
        ];
        var plot = new Plot($"{step.Name}: percentiles", x, Axis.Milliseconds(step.Curve.Select(c => c.Ms).Concat(drawn.Select(d => d.Limit.Limit))));
        plot.Line(step.Name, Median, step.Curve.Where(c => c.Percentile == 100 || Place(c.Percentile) < nines)
            .Select(c => (c.Percentile == 100 ? nines : Place(c.Percentile), (double?)c.Ms)));
        foreach (var (percentile, limit) in drawn) plot.Limit(Place(percentile), limit.Limit, limit.ToString());
        return plot.Svg();
    }

    /// <summary>Second by second.</summary>
    public static string OverTime(StepReport step)
    {
        var end = Math.Max(1, step.Series.Select(s => s.At).DefaultIfEmpty(1).Max());
        var every = Spacings.FirstOrDefault(s => end / s <= 10, Spacings[^1]);
        var x = new Axis(0, end, Logarithmic: false, [.. Enumerable.Range(0, (int)(end / every) + 1)
            .Select(i => ((double)i * every, string.Create(CultureInfo.InvariantCulture, $"{i * every} s")))]);
        var plot = new Plot($"{step.Name}: over time", x, Axis.Milliseconds(step.Series.SelectMany(s => (double[])[s.P50Ms ?? 0, s.MaxMs ?? 0])));
        plot.Bars("per s", Rate, [.. step.Series.Select(s => (s.At, s.PerSecond))]);
        plot.Line("p50", Median, step.Series.Select(s => (s.At, s.P50Ms)));
        plot.Line("p99", High, step.Series.Select(s => (s.At, s.P99Ms)));
        plot.Line("max", Most, step.Series.Select(s => (s.At, s.MaxMs)));
        return plot.Svg();
    }

    /// <summary>How many nines: 90 is at 1, 99 at 2.</summary>
    private static double Place(double percentile) => -Math.Log10(1 - percentile / 100);
}
