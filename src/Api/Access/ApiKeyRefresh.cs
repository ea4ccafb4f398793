using System.Data.Common;

namespace Certctl.Api.Access;

/// <summary>Keeps <see cref="ApiKeyDirectory"/> fresh. While PostgreSQL is away what was read last stands.</summary>
internal sealed class ApiKeyRefresh(ApiKeyDirectory directory, TimeProvider time, ILogger<ApiKeyRefresh> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryRefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await TryRefreshAsync(stoppingToken);
    }

    private async Task TryRefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await directory.RefreshAsync(cancellationToken);
        }
        catch (Exception e) when (e is DbException or InvalidOperationException or TimeoutException)
        {
            logger.LogWarning("The API keys could not be read again; those known stay: {Reason}", e.Message);
        }
    }
}
