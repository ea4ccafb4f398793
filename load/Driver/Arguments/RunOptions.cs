using Certctl.Load.Definitions;

namespace Certctl.Load.Arguments;

/// <summary>How a scenario is run: its definition, and what the command line changes of it.</summary>
/// <param name="Rate">Arrivals a second; null in a closed loop.</param>
/// <param name="Strict">Whether the strict limits count.</param>
internal sealed record RunOptions(
    ScenarioDefinition Definition, double? Rate, int Users, TimeSpan WarmUp, TimeSpan Duration, bool Strict, string? JsonFile, string? HtmlFile)
{
    public const string Usage = "--duration 5m --warmup 5s --rate PER_SECOND --users N --strict --json FILE --html FILE";

    public static RunOptions Read(CommandLine line, ScenarioDefinition definition) => new(
        definition, Positive(line) ?? definition.RatePerSecond, line.Number("users", definition.Users ?? 0, least: 1),
        line.Duration("warmup", definition.WarmUp), line.Duration("duration", definition.Duration), line.Flag("strict"),
        line.Text("json"), line.Text("html"));

    private static double? Positive(CommandLine line) => line.Fraction("rate") switch
    {
        null => null,
        > 0 and var rate => rate,
        _ => throw new UsageException("--rate: more than 0"),
    };
}
