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
    private static readonly TimeSpan TurnPatience = TimeSpan.FromMinutes(5);

    /// <summary>Migrates, makes the CAs, seeds the demo if asked, and gives this process its TLS certificate, before it
    /// serves. Processes that start together take turns: a lock in the database is held meanwhile.</summary>
    /// <exception cref="NpgsqlException">PostgreSQL did not answer for a minute, or the turn of another process took five.</exception>
    /// <exception cref="SettingsException">The operator's CA or the key-encryption key cannot be used.</exception>
    public static async Task PrepareDatabaseAsync(this IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<CertctlDbContext>();
        await WaitAsync(scope.ServiceProvider, cancellationToken);
        await using var connection = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(cancellationToken);
        await using var turn = await TakeTurnAsync(connection, cancellationToken);
        await context.Database.MigrateAsync(cancellationToken);

        await scope.ServiceProvider.GetRequiredService<StoredKeys>().CheckAsync(cancellationToken);
        await using (var transaction = await context.Database.BeginTransactionAsync(cancellationToken))
        {
            await scope.ServiceProvider.GetRequiredService<CaBootstrap>().RunAsync(cancellationToken);
            if (scope.ServiceProvider.GetRequiredService<DatabaseSettings>().DemoSeed)
                await DemoSeed.ApplyAsync(context, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        // Only now: the certificate is issued by the CA that has just been committed.
        await scope.ServiceProvider.GetRequiredService<ServerTls>().LoadAsync(cancellationToken);
    }

    // On a connection of its own: EF's lock is held for one migration at a time, and processes that start together on an
    // empty database would run the same ones. It ends with the transaction, and with the process if that dies.
    private static async Task<NpgsqlTransaction> TakeTurnAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection, transaction);
        command.Parameters.BigNumber(LockKey);
        command.CommandTimeout = (int)TurnPatience.TotalSeconds;
        await command.ExecuteNonQueryAsync(cancellationToken);
        return transaction;
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
            catch (Exception e) when (Outage.IsOfDatabaseOrTimeOut(e) && time.GetElapsedTime(started) < Patience)
            {
                logger.LogWarning("PostgreSQL does not answer yet; trying again: {Reason}", e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
            }
        }
    }
}
