using Certctl.Core.Hosting;
using Certctl.IntegrationTests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace Certctl.IntegrationTests.Persistence;

public sealed class DatabasePreparationTests
{
    [Fact]
    public async Task Processes_that_start_together_prepare_an_empty_database_once()
    {
        await using var database = await TestDatabase.CreateAsync();
        var processes = Enumerable.Range(0, 4).Select(_ => Process(database)).ToList();

        await Task.WhenAll(processes.Select(p => Task.Run(() => p.Services.PrepareDatabaseAsync(TestContext.Current.CancellationToken))));

        Assert.Equal(["iss-local"], await database.Column<string>("SELECT id FROM issuers"));
        Assert.Equal(["issuing", "root"], await database.Column<string>("SELECT role FROM certificate_authorities ORDER BY role"));
        Assert.Equal(1, await database.Value<long>("SELECT count(*) FROM tls_certificates"));
        foreach (var process in processes) await process.DisposeAsync();
    }

    internal static WebApplication Process(TestDatabase database) => ServiceHost.CreateBuilder([], configuration => configuration.AddInMemoryCollection(
        new Dictionary<string, string?>
        {
            ["CERTCTL_DATABASE_URL"] = database.ConnectionString,
            ["CERTCTL_DATABASE_MAX_CONNS"] = "5",
            ["CERTCTL_CONFIG_ENCRYPTION_KEY"] = "the-key-encryption-key-of-the-tests-only",
            ["CERTCTL_DEMO_SEED"] = "true",
        })).Build();
}
