using Certctl.Load.Arguments;
using Certctl.Load.Definitions;

namespace Certctl.Load.Agents;

/// <param name="AgentToken">Speaks for every agent of the fleet.</param>
/// <param name="Agents">ag-loadtest-00001 and so on, as many.</param>
/// <param name="StoreLimit">How long after the last request everything must be stored.</param>
/// <param name="ClockAllowance">By how much the server's clock may be behind this one.</param>
internal sealed record AgentSettings(RunOptions Run, Target Target, string AgentToken, int Agents, TimeSpan StoreLimit, TimeSpan ClockAllowance)
{
    public const string Usage = $"{Target.Usage}\n      --agent-token-file FILE (or CERTCTL_AGENT_TOKEN) --agents 5000 --store-limit 60s --clock-allowance 0ms\n      {RunOptions.Usage}";

    public static AgentSettings Read(CommandLine line, ScenarioDefinition definition)
    {
        var settings = new AgentSettings(
            RunOptions.Read(line, definition), Target.Read(line),
            Target.Secret(line.Text("agent-token-file"), "CERTCTL_AGENT_TOKEN") ?? throw new UsageException("--agent-token-file or CERTCTL_AGENT_TOKEN is missing"),
            line.Number("agents", definition.Agents!.Value, least: 1), line.Duration("store-limit", TimeSpan.FromSeconds(60)),
            line.Duration("clock-allowance", TimeSpan.Zero));
        line.Done();
        return settings;
    }
}
