using Certctl.Core.Hosting;

namespace Certctl.Api.Agents;

/// <summary>Fills the directory before the first request is served, then refreshes it every few seconds; while PostgreSQL is
/// away it goes on with what it knows.</summary>
internal sealed class AgentDirectoryRefresh(AgentDirectory directory, TimeProvider time, ILogger<AgentDirectoryRefresh> logger)
    : RepeatingService(TimeSpan.FromSeconds(3), time, logger)
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryRunAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task RunOnceAsync(CancellationToken cancellationToken) => directory.RefreshAsync(cancellationToken);
}
