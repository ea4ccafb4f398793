using Certctl.Chaos.Fleet;
using Certctl.Chaos.Load;

namespace Certctl.Chaos;

/// <summary>Rounds, one after the other on one fleet, until they are done or one fails.</summary>
internal static class ChaosSuite
{
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        var instance = await FindAsync();
        await using var fleet = new ServiceFleet(instance);
        await fleet.StartAsync(cancellationToken);
        await using (var database = new ChaosDatabase(instance.Database)) await Seed.InsertAsync(instance, database, cancellationToken);
        using var clients = await LoadClients.CreateAsync(instance);

        var failed = 0;
        Console.WriteLine(RoundResult.Header);
        for (var number = 1; number <= options.Rounds; number++)
        {
            var seed = options.Seed + number - 1;
            var faults = options.FaultsOf(number - 1);
            if (await PassesAsync(new Round(instance, fleet, clients, options.Load, faults, number, seed), cancellationToken)) continue;
            Console.WriteLine($"round {number} failed; the logs are in {instance.State}/logs. Again: make chaos ROUNDS=1 SEED={seed} FAULTS={string.Join(',', faults.Select(f => f.Name))}");
            if (!options.KeepsGoing) return 1;
            failed++;
        }

        if (failed > 0)
        {
            Console.WriteLine($"{failed} of {options.Rounds} rounds failed");
            return 1;
        }

        Console.WriteLine($"{options.Rounds} rounds, nothing lost, nothing twice");
        return 0;
    }

    /// <summary>Runs and prints it; a round that breaks off has failed too.</summary>
    private static async Task<bool> PassesAsync(Round round, CancellationToken cancellationToken)
    {
        try
        {
            var result = await round.RunAsync(cancellationToken);
            Console.WriteLine(result);
            foreach (var finding in result.Findings) Console.WriteLine($"       {finding}");
            return result.Passed;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Console.WriteLine(e);
            return false;
        }
    }

    /// <summary>The instance that compose/chaos.sh has started.</summary>
    private static async Task<Instance> FindAsync()
    {
        var (root, state) = (Repository(AppContext.BaseDirectory), Required("CERTCTL_STATE_DIR"));
        var backing = new BackingServices(Path.Combine(root, "compose", "services.sh"), state);
        return new Instance(
            root, state, Number("CERTCTL_SERVER_PORT"), Number("CERTCTL_PKI_PORT"),
            await backing.UrlAsync(BackingServices.Database), await backing.UrlAsync(BackingServices.Broker));
    }

    private static string Required(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
        ? value
        : throw new ChaosUsageException($"{variable} is not set: run the suite by make chaos");

    private static int Number(string variable) => int.Parse(Required(variable), System.Globalization.CultureInfo.InvariantCulture);

    private static string Repository(string folder) => File.Exists(Path.Combine(folder, "Certctl.sln"))
        ? folder
        : Repository(Path.GetDirectoryName(folder.TrimEnd('/')) ?? throw new DirectoryNotFoundException("Certctl.sln is in no folder above this program."));
}
