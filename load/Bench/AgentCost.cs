using Certctl.Load.Http;

namespace Certctl.Bench;

/// <summary>What a heartbeat costs with a number of agents in the table: always of the same 10,000, spread over all of it, so that it is
/// the size of the table that differs. The warm-up is each one's first heartbeat, which brings news and costs more.</summary>
/// <param name="Microseconds">Of time, from the first sent until the last stored, divided by how many.</param>
/// <param name="CpuPostgresql">Microseconds of CPU each.</param>
internal sealed record AgentCost(int Agents, int Heartbeats, double Microseconds, double CpuHost, double CpuPostgresql, long NotDrained)
{
    private const int Count = 20_000, MostBeating = 10_000, Clients = 32;

    /// <summary>Coprime to how many beat: all of them have their turn, wide apart, before one has its second.</summary>
    private const int Stride = 7919;

    public static async Task<AgentCost> MeasureAsync(BenchSettings settings, int agents)
    {
        await using var host = await HostProcess.StartAsync(settings, agents);
        await using var gauges = new Gauges(settings, host.Id);
        using var client = new LoadClient(settings.BaseUrl, settings.Token, settings.CaFile);
        var next = 0L;
        var (beating, apart) = (Math.Min(MostBeating, agents), Math.Max(1, agents / MostBeating));
        await SendAsync(beating);
        List<AgentCost> costs = [];
        for (var i = 0; i < settings.Windows; i++) costs.Add(await SendAsync(Count));
        return costs.OrderBy(c => c.Microseconds).ElementAt((costs.Count - 1) / 2) with { NotDrained = costs.Sum(c => c.NotDrained) };

        async Task<AgentCost> SendAsync(int count)
        {
            var numbers = Enumerable.Range(0, count).Select(_ => (int)(next++ * Stride % beating * apart) + 1).ToArray();
            var (cpu, stored) = (await gauges.CpuSecondsAsync(), await gauges.StoredAsync());
            var (began, started) = (TimeProvider.System.GetUtcNow(), TimeProvider.System.GetTimestamp());
            await Parallel.ForEachAsync(numbers, new ParallelOptions { MaxDegreeOfParallelism = Clients },
                async (number, cancellation) => await Beats.SendAsync(client, Beats.Agent(number), cancellation));
            await gauges.StoredSinceAsync([.. numbers.TakeLast(1000).Select(Beats.Agent)], began);
            var elapsed = TimeProvider.System.GetElapsedTime(started);
            var after = await gauges.CpuSecondsAsync();
            var missing = await gauges.DrainedAsync(stored + count);
            double Micros(double seconds) => seconds * 1e6 / count;
            return new AgentCost(agents, count, Micros(elapsed.TotalSeconds), Micros(after.Host - cpu.Host), Micros(after.PostgreSql - cpu.PostgreSql), missing);
        }
    }
}
