using Certctl.Core.Hosting.Settings;
using Certctl.Core.Issuance;
using Certctl.Core.Persistence;
using Certctl.Core.Persistence.Seed;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Certctl.Core.Hosting;

public static class DatabasePreparation
{
    private const long LockKey = 0x6365_7274_7072_6570; // "certprep"
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Migrates, makes the CAs, seeds the demo if asked, and gives this process its TLS certificate, before it
    /// serves. Processes that start together take turns: each step holds a lock in the database.</summary>
    /// <exception cref="NpgsqlException">PostgreSQL did not answer for a minute.</exception>
    /// <exception cref="SettingsException">The operator's CA or the key-encryption key cannot be used.</exception>
    public static async Task PrepareDatabaseAsync(this IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<CertctlDbContext>();
        await WaitAsync(scope.ServiceProvider, cancellationToken);
        await context.Database.MigrateAsync(cancellationToken);

        await UnderLockAsync(context, async () =>
        {
            await scope.ServiceProvider.GetRequiredService<CaBootstrap>().RunAsync(cancellationToken);
            if (scope.ServiceProvider.GetRequiredService<DatabaseSettings>().DemoSeed)
                await DemoSeed.ApplyAsync(context, cancellationToken);
        }, cancellationToken);
        // A second transaction: the certificate is issued by the CA that the first one has committed.
        await UnderLockAsync(context, () => scope.ServiceProvider.GetRequiredService<ServerTls>().LoadAsync(cancellationToken), cancellationToken);
    }

    private static async Task UnderLockAsync(CertctlDbContext context, Func<Task> work, CancellationToken cancellationToken)
    {
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({LockKey})", cancellationToken);
        await work();
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task WaitAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(DatabasePreparation));
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
