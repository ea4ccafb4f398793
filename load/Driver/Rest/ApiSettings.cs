using System.Globalization;
using Certctl.Load.Arguments;
using Certctl.Load.Definitions;

namespace Certctl.Load.Rest;

/// <param name="Profile">Of the certificates that are created. It must let the server make keys, and ask for no approval.</param>
/// <param name="Environment">The environment that is listed; it has more certificates than a page.</param>
/// <param name="Prefix">Beginning of the names that this run gives, and no other.</param>
/// <param name="IssueLimit">How long after the last request every certificate must be issued.</param>
internal sealed record ApiSettings(RunOptions Run, Target Target, string Profile, string Environment, string Prefix, TimeSpan IssueLimit)
{
    public const string Usage = $"{Target.Usage}\n      --profile prof-test --environment loadtest --issue-limit 60s\n      {RunOptions.Usage}";

    public static ApiSettings Read(CommandLine line)
    {
        var settings = new ApiSettings(
            RunOptions.Read(line, Catalog.Api), Target.Read(line), line.Text("profile") ?? "prof-test", line.Text("environment") ?? "loadtest",
            $"loadtest-api-{Random.Shared.Next().ToString("x8", CultureInfo.InvariantCulture)}-", line.Duration("issue-limit", TimeSpan.FromSeconds(60)));
        line.Done();
        return settings;
    }
}
