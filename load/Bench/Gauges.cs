using System.Globalization;
using Certctl.Core.Hosting;
using Certctl.Core.Hosting.Settings;
using Npgsql;

namespace Certctl.Bench;

/// <summary>Reads, from outside, what the system has done so far.</summary>
internal sealed class Gauges(BenchSettings settings, HttpClient http, int hostPid) : IAsyncDisposable
{
    private readonly NpgsqlDataSource database = NpgsqlDataSource.Create(
        Database.ConnectionString(new DatabaseSettings { Url = settings.DatabaseUrl }, "certctl-bench-driver"));

    private int postmaster;

    public async Task<(double Host, double PostgreSql, double RabbitMq)> CpuSecondsAsync()
    {
        if (postmaster == 0) postmaster = ProcessTree.ParentOf((int)(await NumbersAsync("SELECT pg_backend_pid()::bigint"))[0]);
        return (ProcessTree.CpuSeconds(hostPid), ProcessTree.CpuSeconds(postmaster), ProcessTree.CpuSeconds(settings.RabbitMqPid));
    }

    /// <summary>Updates of agent_liveness, and those of them that were HOT.</summary>
    public async Task<(long All, long Hot)> UpdatesAsync()
    {
        var numbers = await NumbersAsync("SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'agent_liveness'");
        return (numbers[0], numbers[1]);
    }

    /// <summary>A counter of /metrics; 0 where it has not counted yet.</summary>
    public async Task<long> CounterAsync(string name)
    {
        var text = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        var line = text.Split('\n').FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        if (line is null) return 0;
        var value = line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0];
        return (long)double.Parse(value, CultureInfo.InvariantCulture);
    }

    private async Task<long[]> NumbersAsync(string sql)
    {
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetInt64)];
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
