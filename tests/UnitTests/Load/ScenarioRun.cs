using Certctl.Load.Arguments;
using Certctl.Load.Definitions;
using Certctl.Load.Measuring;

namespace Certctl.UnitTests.Load;

/// <summary>Scenarios by their own definitions, for a moment.</summary>
internal static class ScenarioRun
{
    public static Target Target(string url) => new(url, "token", CaFile: null);

    public static RunOptions Options(ScenarioDefinition definition, double? rate = 40, double seconds = 0.5, int users = 4) =>
        new(definition, rate, users, TimeSpan.Zero, TimeSpan.FromSeconds(seconds), Strict: false, JsonFile: null, HtmlFile: null);

    public static string[] Missed(this Report report) => [.. report.Thresholds.Where(t => !t.Met).Select(t => t.Name)];

    /// <summary>A message that says what was measured, where only the names would be compared.</summary>
    public static void Passes(this Report report) =>
        Assert.True(report.Passed, string.Join("; ", report.Thresholds.Where(t => !t.Met)) + " | " + string.Join("; ", report.FailureReasons.Keys));

    public static void Misses(this Report report, params string[] thresholds)
    {
        Assert.False(report.Passed);
        Assert.Equal(thresholds.Order(), report.Missed().Order());
    }
}
