using System.Diagnostics;
using Certctl.Core.Hosting;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.IntegrationTests.Persistence;

public sealed class MigrationTests
{
    /// <summary>Of each earlier state of the database that some operator may have.</summary>
    [Fact]
    public async Task Two_processes_that_migrate_at_once_from_any_version_leave_what_one_leaves_and_a_second_time_changes_nothing()
    {
        await using var fresh = await TestDatabase.CreateAsync();
        await PrepareAsync(fresh, 1);
        var expected = await SchemaAsync(fresh);
        var migrations = await fresh.Column<string>("SELECT migration_id FROM \"__EFMigrationsHistory\" ORDER BY 1");
        Assert.True(migrations.Count >= 5, $"only {migrations.Count} migrations");
        await PrepareAsync(fresh, 2);
        Assert.Equal(expected, await SchemaAsync(fresh));
        foreach (var version in migrations.SkipLast(1))
        {
            await using var older = await TestDatabase.CreateAsync();
            await MigrateAsync(older, version);
            await PrepareAsync(older, 2);
            Assert.Equal(migrations, await older.Column<string>("SELECT migration_id FROM \"__EFMigrationsHistory\" ORDER BY 1"));
            Assert.Equal(expected, await SchemaAsync(older));
        }
    }

    private static async Task PrepareAsync(TestDatabase database, int processes)
    {
        var hosts = Enumerable.Range(0, processes).Select(_ => DatabasePreparationTests.Process(database)).ToList();
        await Task.WhenAll(hosts.Select(h => Task.Run(() => h.Services.PrepareDatabaseAsync(TestContext.Current.CancellationToken))));
        foreach (var host in hosts) await host.DisposeAsync();
    }

    private static async Task MigrateAsync(TestDatabase database, string version)
    {
        await using var host = DatabasePreparationTests.Process(database);
        await using var scope = host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<CertctlDbContext>().Database.MigrateAsync(version, TestContext.Current.CancellationToken);
    }

    /// <summary>Tables, indexes, constraints, functions and triggers, as PostgreSQL writes them.</summary>
    private static async Task<string> SchemaAsync(TestDatabase database)
    {
        using var dump = Process.Start(PostgresTools.Command("pg_dump", database.ConnectionString, "--schema-only"))!;
        var text = await dump.StandardOutput.ReadToEndAsync();
        await dump.WaitForExitAsync();
        Assert.True(dump.ExitCode == 0 && text.Contains("CREATE TABLE public.managed_certificates", StringComparison.Ordinal), text);
        // A key that pg_dump makes up for each dump.
        return string.Join('\n', text.Split('\n').Where(line => !line.StartsWith("\\restrict", StringComparison.Ordinal) && !line.StartsWith("\\unrestrict", StringComparison.Ordinal)));
    }
}
