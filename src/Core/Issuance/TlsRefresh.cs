using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Certctl.Core.Issuance;

/// <summary>Looks once an hour whether the servers' certificate is due, here or on another replica.</summary>
internal sealed class TlsRefresh(IServiceScopeFactory scopes, TimeProvider time, ILogger<TlsRefresh> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<ServerTls>().LoadAsync(stoppingToken);
            }
            catch (NpgsqlException e)
            {
                logger.LogWarning("TLS certificate not looked at, tried again in an hour: {Reason}", e.Message);
            }
        }
    }
}
