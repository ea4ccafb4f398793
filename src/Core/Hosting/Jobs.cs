using Certctl.Core.Hosting.Settings;
using Hangfire;
using Hangfire.PostgreSql;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Certctl.Core.Hosting;

/// <summary>Hangfire on the one database, schema <c>hangfire</c>.</summary>
public static class Jobs
{
    /// <summary>Largest number of connections of one process, beside those of CERTCTL_DATABASE_MAX_CONNS.</summary>
    public const int MaxConnections = 10;

    /// <summary>How long a lock of Hangfire outlives a process that was killed with it. Longer than a job usually runs; beside one that
    /// takes longer the next runs too, which every job bears.</summary>
    internal static readonly TimeSpan LockTimeout = TimeSpan.FromMinutes(3);

    /// <summary>Registers the storage and the clients; enough for a dashboard.</summary>
    public static void AddJobStorage(this IHostApplicationBuilder builder)
    {
        var connectionString = Database.ConnectionString(
            SettingsBinder.Bind<DatabaseSettings>(builder.Configuration) with { MaxConnections = MaxConnections }, builder.Environment.ApplicationName + "-jobs");
        builder.Services.AddHangfire((_, hangfire) => hangfire
            .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings()
            .UsePostgreSqlStorage(
                storage => storage.UseNpgsqlConnection(connectionString),
                new PostgreSqlStorageOptions
                {
                    SchemaName = "hangfire",
                    QueuePollInterval = TimeSpan.FromSeconds(2),
                    DistributedLockTimeout = LockTimeout,
                }));
    }

    /// <summary>Runs the jobs of one queue in this process.</summary>
    /// <param name="workers">Jobs at once: one that is stuck must not keep the others from their turn.</param>
    public static void AddJobServer(this IHostApplicationBuilder builder, string queue, int workers = 2) =>
        builder.Services.AddHangfireServer(options =>
        {
            options.ServerName = $"{Environment.MachineName}:{Environment.ProcessId}:{queue}";
            options.Queues = [queue];
            options.WorkerCount = workers;
            options.SchedulePollingInterval = TimeSpan.FromSeconds(5);
        });

    /// <summary>A cron expression that fires about that often: Hangfire's, with seconds below a minute.</summary>
    public static string Every(TimeSpan interval) => interval switch
    {
        { TotalSeconds: < 60 } => $"*/{(int)Math.Max(1, interval.TotalSeconds)} * * * * *",
        { TotalMinutes: < 60 } => $"*/{(int)interval.TotalMinutes} * * * *",
        { TotalHours: < 24 } => $"0 */{(int)interval.TotalHours} * * *",
        _ => "0 0 * * *",
    };
}
