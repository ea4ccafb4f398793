using Certctl.Core.Hosting;

namespace Certctl.Api.Access;

/// <summary>Keeps <see cref="ApiKeyDirectory"/> fresh. While PostgreSQL is away what was read last stands.</summary>
internal sealed class ApiKeyRefresh(ApiKeyDirectory directory, TimeProvider time, ILogger<ApiKeyRefresh> logger)
    : RepeatingService(TimeSpan.FromSeconds(2), time, logger)
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryRunAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task RunOnceAsync(CancellationToken cancellationToken) => directory.RefreshAsync(cancellationToken);
}
