using Certctl.Core.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace Certctl.IntegrationTests.Hosting;

/// <summary>A process that is built and not started, on a migrated database of its own: what happens there is what a test does.</summary>
internal sealed class IdleProcess : IAsyncDisposable
{
    private readonly WebApplication process;

    private IdleProcess(TestDatabase database, WebApplication process) => (Database, this.process) = (database, process);

    public TestDatabase Database { get; }

    public IServiceProvider Services => process.Services;

    public static async Task<IdleProcess> CreateAsync(string logLevel = "info")
    {
        var database = await TestDatabase.CreateAsync();
        var process = ServiceHost.CreateBuilder([], configuration => configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["CERTCTL_DATABASE_URL"] = database.ConnectionString,
            ["CERTCTL_DATABASE_MAX_CONNS"] = "5",
            ["CERTCTL_LOG_LEVEL"] = logLevel,
            ["CERTCTL_CONFIG_ENCRYPTION_KEY"] = "the-key-encryption-key-of-the-tests-only",
        })).Build();
        await process.Services.PrepareDatabaseAsync(TestContext.Current.CancellationToken);
        return new IdleProcess(database, process);
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        await Database.DisposeAsync();
    }
}
