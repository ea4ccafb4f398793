using Certctl.Core.Hosting.Settings;
using Certctl.Core.Persistence;
using Certctl.Core.Persistence.Seed;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Certctl.Core.Hosting;

public static class DatabasePreparation
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Migrates, and seeds the demo if asked, before any host serves. Processes that start together take turns:
    /// EF Core holds a lock in the database while it migrates.</summary>
    /// <exception cref="NpgsqlException">PostgreSQL did not answer for a minute.</exception>
    public static async Task PrepareDatabaseAsync(this IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var logger = scope.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(DatabasePreparation));
        var context = scope.ServiceProvider.GetRequiredService<CertctlDbContext>();
        await WaitAsync(scope.ServiceProvider, logger, cancellationToken);
        await context.Database.MigrateAsync(cancellationToken);
        if (scope.ServiceProvider.GetRequiredService<DatabaseSettings>().DemoSeed)
            await DemoSeed.ApplyAsync(context, cancellationToken);
    }

    private static async Task WaitAsync(IServiceProvider services, ILogger logger, CancellationToken cancellationToken)
    {
        var time = services.GetRequiredService<TimeProvider>();
        var database = services.GetRequiredService<NpgsqlDataSource>();
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException e) when (e.IsTransient && time.GetElapsedTime(started) < Patience)
            {
                logger.LogWarning("PostgreSQL does not answer yet; trying again: {Reason}", e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
            }
        }
    }
}
