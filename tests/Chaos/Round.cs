using Certctl.Chaos.Books;
using Certctl.Chaos.Faults;
using Certctl.Chaos.Fleet;
using Certctl.Chaos.Load;

namespace Certctl.Chaos;

/// <summary>Load, faults at moments of chance, recovery, rest, books.</summary>
internal sealed class Round(Instance instance, ServiceFleet fleet, LoadClients clients, LoadSize size, IReadOnlyList<IFault> faults, int number, int seed)
{
    private static readonly TimeSpan Begin = TimeSpan.FromSeconds(30);
    private const int Attempts = 3;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(120);

    private const string Begun = "SELECT count(*) FROM bulk_renewals WHERE created_at >= $1 AND total_completed > 0";

    private const string Unfinished = """
        SELECT (SELECT count(*) FROM bulk_renewals WHERE status IN ('queued', 'running'))
            + (SELECT count(*) FROM renewals WHERE status IN ('pending', 'running', 'awaiting_csr', 'awaiting_approval'))
        """;

    public async Task<RoundResult> RunAsync(CancellationToken cancellationToken)
    {
        using var load = new MixedLoad(clients, size);
        using var broker = new Broker(instance.Broker);
        await using var database = new ChaosDatabase(instance.Database);
        var scene = new Scene(fleet, new BackingServices(Path.Combine(instance.Root, "compose", "services.sh"), instance.State), broker, database, load, new Poison());
        load.Start();
        var hasBegun = await Pause.UntilAsync(async () => await database.TryCountAsync(Begun, cancellationToken, load.StartedAt.UtcDateTime) > 0, Begin, cancellationToken);
        var missed = await Task.WhenAll(faults.Select((fault, index) => InjectAsync(fault, scene, new Random((31 * seed) + index), cancellationToken)));

        var recovery = await new Recovery(load, database).MeasureAsync(size.RecoverWithin, cancellationToken);
        var recovered = TimeProvider.System.GetTimestamp();
        await load.StopAsync(Rest, cancellationToken);
        var isAtRest = await Pause.UntilAsync(async () => await database.TryCountAsync(Unfinished, cancellationToken) == 0, Rest, cancellationToken);

        var entries = new Entries(load, scene.Poison, fleet, database, broker);
        var findings = new List<string>();
        if (!hasBegun) findings.Add($"no bulk had begun within {Begin.TotalSeconds} s: the faults met no load");
        findings.AddRange(missed.OfType<string>());
        if (!isAtRest) findings.Add($"work was left after {Rest.TotalSeconds} s of rest");
        if (recovery is null || recovery > size.RecoverWithin) findings.Add($"it took more than {size.RecoverWithin.TotalSeconds} s to recover");
        findings.AddRange(await AllBooks.FindingsAsync(entries, cancellationToken));
        var count = await RenewalBook.CountAsync(entries, cancellationToken);
        var twice = count.Twice + await database.ValueAsync<long>(SerialBook.Twice, cancellationToken);
        return new RoundResult(
            number, seed, string.Join(", ", faults.Select(f => f.Name)), load.ToString(), count.Accepted, count.Done, count.Failed, count.Lost, twice,
            recovery, TimeProvider.System.GetElapsedTime(recovered), findings);
    }

    /// <summary>Tries again when there was nothing to break.</summary>
    /// <returns>That it never hit; null when it did.</returns>
    private static async Task<string?> InjectAsync(IFault fault, Scene scene, Random random, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            await Pause.ForAsync(random.Between(0, 2), cancellationToken);
            if (await fault.InjectAsync(scene, random, cancellationToken)) return null;
        }

        return $"{fault.Name} found nothing to break, {Attempts} times";
    }
}
