using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Certctl.Core.Hosting;
using Certctl.Core.Hosting.Settings;
using Certctl.Load.Http;
using Certctl.Load.Running;
using Npgsql;

namespace Certctl.Bench;

/// <summary>Reads, from outside, what the system has done so far.</summary>
internal sealed partial class Gauges(BenchSettings settings, int hostPid) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly LoadClient client = new(settings.BaseUrl, token: null, settings.CaFile);
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

    /// <summary>Waits until each of these agents beat since.</summary>
    public Task StoredSinceAsync(string[] ids, DateTimeOffset since) => Until.SeenAsync(
        async () => (await NumbersAsync("SELECT count(*) FROM agent_liveness WHERE agent_id = ANY($1) AND last_heartbeat_at >= $2", ids, since))[0],
        count => count == ids.Distinct().Count(), Patience, Look / 5, TimeProvider.System);

    /// <summary>Heartbeats stored by this process, those that a newer one replaced included.</summary>
    public async Task<long> StoredAsync() => (long)(await SamplesAsync("certctl_heartbeat_stored_total")).Sum(s => s.Value);

    /// <summary>Waits until so many are stored.</summary>
    /// <returns>How many are missing after the patience.</returns>
    public async Task<long> DrainedAsync(long stored) =>
        Math.Max(0, stored - await Until.SeenAsync(StoredAsync, n => n >= stored, Patience, Look, TimeProvider.System));

    /// <summary>How many heartbeats were stored within so many seconds of their receipt, so far.</summary>
    public async Task<Lags> LagsAsync() => new((await SamplesAsync("certctl_heartbeat_lag_seconds_bucket"))
        .Select(s => (Seconds: BucketOf().Match(s.Labels).Groups[1].Value, s.Value))
        .ToDictionary(s => s.Seconds == "+Inf" ? double.PositiveInfinity : double.Parse(s.Seconds, CultureInfo.InvariantCulture), s => s.Value));

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await database.DisposeAsync();
    }

    /// <summary>Of /metrics; none where it has not counted yet.</summary>
    private async Task<List<(string Labels, double Value)>> SamplesAsync(string name)
    {
        var text = Encoding.UTF8.GetString((await client.GetAsync("/metrics")).Expect(200).Body);
        return [.. text.Split('\n').Where(l => l.StartsWith(name + "{", StringComparison.Ordinal)).Select(l => l.Split('}', 2))
            .Select(l => (l[0], double.Parse(l[1].Trim().Split(' ')[0], CultureInfo.InvariantCulture)))];
    }

    private async Task<long[]> NumbersAsync(string sql, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetInt64)];
    }

    [GeneratedRegex("le=\"([^\"]+)\"")]
    private static partial Regex BucketOf();
}

/// <summary>Cumulative counts of a histogram, by the upper bounds of its buckets, in seconds.</summary>
internal sealed record Lags(IReadOnlyDictionary<double, double> Buckets)
{
    /// <summary>The percentile of what came since, as Prometheus reckons it; null when nothing came.</summary>
    public double? PercentileSince(Lags before, double share)
    {
        var (lower, below, wanted) = (0.0, 0.0, 0.0);
        var buckets = Buckets.OrderBy(b => b.Key).Select(b => (Bound: b.Key, Count: b.Value - before.Buckets.GetValueOrDefault(b.Key))).ToList();
        if (buckets.Count == 0 || (wanted = share * buckets[^1].Count) <= 0) return null;
        foreach (var (bound, count) in buckets)
        {
            if (count >= wanted) return double.IsInfinity(bound) ? lower : lower + (bound - lower) * (wanted - below) / (count - below);
            (lower, below) = (bound, count);
        }

        return null;
    }
}
