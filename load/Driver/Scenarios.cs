using Certctl.Load.AcmeBurst;
using Certctl.Load.AcmeSigned;
using Certctl.Load.Agents;
using Certctl.Load.Arguments;
using Certctl.Load.BulkRenewal;
using Certctl.Load.Charts;
using Certctl.Load.Definitions;
using Certctl.Load.Measuring;
using Certctl.Load.Rest;

namespace Certctl.Load;

/// <summary>The scenarios by the names of their commands.</summary>
internal static class Scenarios
{
    private delegate (RunOptions Options, Func<Task<Report>> Run) Prepare(CommandLine line);

    private static readonly string[] Flags = ["strict", "saturate", "expect-limit"];

    private static readonly Dictionary<string, (Prepare Prepare, string Usage)> Known = new()
    {
        ["bulk-renewal"] = (line => Prepared(BulkSettings.Read(line), s => s.Run, BulkRenewalScenario.RunAsync), BulkSettings.Usage),
        ["acme-burst"] = (line => Prepared(AcmeBurstSettings.Read(line), s => s.Run, AcmeBurstScenario.RunAsync), AcmeBurstSettings.Usage),
        ["acme-signed"] = (line => Prepared(AcmeSignedSettings.Read(line), s => s.Run, AcmeSignedScenario.RunAsync), AcmeSignedSettings.Usage),
        ["agent-storm"] = (line => Prepared(AgentSettings.Read(line, Catalog.AgentStorm), s => s.Run, AgentStormScenario.RunAsync), AgentSettings.Usage),
        ["agent-reconnect"] = (line => Prepared(AgentSettings.Read(line, Catalog.AgentReconnect), s => s.Run, AgentReconnectScenario.RunAsync), AgentSettings.Usage),
        ["api"] = (line => Prepared(ApiSettings.Read(line), s => s.Run, ApiScenario.RunAsync), ApiSettings.Usage),
    };

    public static string Usage => string.Join("\n", Known.Select(k => $"  {k.Key}\n      {k.Value.Usage}"));

    /// <returns>The exit code: 0 when every threshold was kept, 1 when one was missed or the run could not be made.</returns>
    /// <exception cref="UsageException">The command line is wrong.</exception>
    public static async Task<int> RunAsync(string name, IReadOnlyList<string> arguments)
    {
        if (!Known.TryGetValue(name, out var scenario)) throw new UsageException($"there is no command {name}");
        var (options, run) = scenario.Prepare(CommandLine.Parse(arguments, Flags));
        try
        {
            var report = await run();
            report.Print(Console.Out);
            if (options.JsonFile is not null) await report.WriteAsync(options.JsonFile);
            if (options.HtmlFile is not null) await File.WriteAllTextAsync(options.HtmlFile, HtmlReport.Of(report));
            return report.Passed ? 0 : 1;
        }
        catch (Exception e)
        {
            Console.Error.WriteLine($"error: {FailedException.Explain(e).Reason}");
            return 1;
        }
    }

    private static (RunOptions, Func<Task<Report>>) Prepared<T>(T settings, Func<T, RunOptions> options, Func<T, TimeProvider, Task<Report>> run) =>
        (options(settings), () => run(settings, TimeProvider.System));
}
