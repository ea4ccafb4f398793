using Certctl.Load.Arguments;
using Certctl.Load.Definitions;

namespace Certctl.Load.AcmeBurst;

/// <param name="Directory">Of a profile in trust mode without external account binding: the scenario issues one certificate.</param>
/// <param name="Name">What that certificate is for.</param>
/// <param name="ExpectLimit">Whether the server is expected to limit this address.</param>
internal sealed record AcmeBurstSettings(RunOptions Run, string Directory, string? CaFile, string Name, bool ExpectLimit)
{
    public const string Usage = $"--directory URL (CERTCTL_ACME_DIRECTORY) --ca FILE (CERTCTL_CA) --name burst.example.test --expect-limit\n      {RunOptions.Usage}";

    public static AcmeBurstSettings Read(CommandLine line)
    {
        var limit = line.Flag("expect-limit");
        var run = RunOptions.Read(line, limit ? Catalog.AcmeBurstLimit : Catalog.AcmeBurst);
        if (limit && run.Rate is not null) throw new UsageException("--expect-limit goes with users, not with --rate");
        var settings = new AcmeBurstSettings(
            run, line.Text("directory") ?? Target.Variable("CERTCTL_ACME_DIRECTORY") ?? throw new UsageException("--directory or CERTCTL_ACME_DIRECTORY is missing"),
            Target.Ca(line), line.Text("name") ?? "burst.example.test", limit);
        line.Done();
        return settings;
    }
}
