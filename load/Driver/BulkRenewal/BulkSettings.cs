using Certctl.Load.Arguments;
using Certctl.Load.Definitions;

namespace Certctl.Load.BulkRenewal;

/// <param name="Environment">The environment whose certificates are renewed, and nobody else's.</param>
/// <param name="Certificates">How many those are.</param>
/// <param name="Saturate">Whether every bulk forces.</param>
/// <param name="DrainLimit">How long everything may take to complete after the last request.</param>
/// <param name="ClockAllowance">By how much the server's clock may be behind this one.</param>
internal sealed record BulkSettings(
    RunOptions Run, Target Target, string Environment, int Certificates, bool Saturate, TimeSpan DrainLimit, TimeSpan ClockAllowance)
{
    public const string Usage = $"{Target.Usage}\n      {RunOptions.Usage}\n      --environment loadtest --certificates 10000 --saturate --drain-limit 10m --clock-allowance 0ms";

    public static BulkSettings Read(CommandLine line)
    {
        var saturate = line.Flag("saturate");
        var definition = saturate ? Catalog.BulkRenewalSaturate : Catalog.BulkRenewal;
        var settings = new BulkSettings(
            RunOptions.Read(line, definition), Target.Read(line), line.Text("environment") ?? "loadtest",
            line.Number("certificates", definition.Certificates!.Value, least: 1), saturate,
            line.Duration("drain-limit", TimeSpan.FromMinutes(10)), line.Duration("clock-allowance", TimeSpan.Zero));
        line.Done();
        return settings;
    }
}
