using Certctl.Api.Agents;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Certctl.IntegrationTests.Agents;

/// <summary>What a refresh reads, on a database where nobody else changes agents.</summary>
public sealed class AgentDirectoryTests : IAsyncLifetime
{
    private IdleProcess process = null!;
    private AgentDirectory directory = null!;

    public async ValueTask InitializeAsync()
    {
        process = await IdleProcess.CreateAsync();
        directory = new AgentDirectory(new AgentRows(process.Services.GetRequiredService<NpgsqlDataSource>()), TimeProvider.System);
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    [Fact]
    public async Task What_changed_long_ago_is_read_once_also_when_nothing_changed_after_it()
    {
        await InsertAsync("ag-old", "now() - interval '1 minute'");
        await RefreshAsync();
        var read = await RowOf("ag-old");
        Assert.Equal(1, directory.Active);
        await RefreshAsync();
        Assert.Same(read, await RowOf("ag-old"));
    }

    [Fact]
    public async Task What_changes_after_a_row_from_a_clock_that_runs_ahead_is_read()
    {
        await InsertAsync("ag-ahead", "now() + interval '1 hour'");
        await InsertAsync("ag-other", "now()");
        await RefreshAsync();
        await process.Database.Execute("UPDATE agents SET version = '2.0', updated_at = now() WHERE id = 'ag-other'");
        await RefreshAsync();
        Assert.Equal("2.0", (await RowOf("ag-other")).Metadata.Version);
    }

    private Task<int> InsertAsync(string id, string updatedAt) => process.Database.Execute(
        $"INSERT INTO agents (id, name, version, registered_at, updated_at) VALUES ($1, $1, '1.0', now(), {updatedAt})", id);

    private Task RefreshAsync() => directory.RefreshAsync(TestContext.Current.CancellationToken);

    private async Task<AgentRow> RowOf(string id) => (await directory.FindAsync(id, TestContext.Current.CancellationToken))!.Row;
}
