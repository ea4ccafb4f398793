using System.Globalization;
using System.Text.Json;
using Certctl.Load.Arguments;
using Certctl.Load.Measuring;

namespace Certctl.Load.Definitions;

/// <summary>Prints the scenarios.</summary>
internal static class ListCommand
{
    public static int Run(CommandLine line)
    {
        var json = line.Flag("json");
        line.Done();
        if (json) Console.Out.Write(Json());
        else foreach (var scenario in Catalog.All) Print(scenario);
        return 0;
    }

    /// <summary>All of them, by name.</summary>
    public static string Json() => JsonSerializer.Serialize(Catalog.All.ToDictionary(s => s.Name, s => new
    {
        s.Summary,
        s.Model,
        s.RatePerSecond,
        s.Users,
        s.MaxInFlight,
        WarmUpSeconds = s.WarmUp.TotalSeconds,
        DurationSeconds = s.Duration.TotalSeconds,
        s.Certificates,
        s.Agents,
        Thresholds = s.Thresholds.Select(View),
        StrictThresholds = s.StrictThresholds.Select(View),
    }), Report.Json) + "\n";

    private static object View(Threshold t) => new { t.Figure, t.Of, t.Limit, t.StrictLimit, t.AtLeast };

    private static void Print(ScenarioDefinition s)
    {
        var load = s.RatePerSecond is { } rate ? $"{rate.ToString(CultureInfo.InvariantCulture)}/s" : $"{s.Users} users";
        Console.WriteLine($"{s.Name}: {s.Summary}\n  {load} for {s.Duration.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s");
        foreach (var t in s.Thresholds)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {t.Name}: {(t.AtLeast ? "at least" : "at most")} {t.Limit} (strict: {t.StrictLimit})"));
    }
}
