using System.Globalization;
using Certctl.Chaos.Faults;
using Certctl.Chaos.Load;

namespace Certctl.Chaos;

/// <summary>What is asked for on the command line.</summary>
/// <param name="Seed">Of the first round; each round after it has the next number.</param>
/// <param name="KeepsGoing">A failed round does not end the run; the exit code is 1 all the same.</param>
/// <param name="Faults">What every round breaks; empty: each round something else.</param>
internal sealed record ChaosOptions(int Rounds, int Seed, IReadOnlyList<IFault> Faults, bool IsShort, bool KeepsGoing)
{
    public const string Usage = """
        usage: Certctl.Chaos [--rounds N] [--seed S] [--faults NAME,NAME] [--short] [--keep-going]
        """;

    public LoadSize Load => IsShort ? LoadSize.Short : LoadSize.Whole;

    /// <exception cref="ChaosUsageException">Something cannot be read.</exception>
    public static ChaosOptions Read(IReadOnlyList<string> arguments)
    {
        var options = new ChaosOptions(0, Random.Shared.Next(1_000_000), [], arguments.Contains("--short"), arguments.Contains("--keep-going"));
        var given = arguments.Where(a => a is not ("--short" or "--keep-going")).ToList();
        for (var i = 0; i < given.Count; i += 2)
        {
            var value = i + 1 < given.Count ? given[i + 1] : throw new ChaosUsageException($"{given[i]} has no value");
            options = given[i] switch
            {
                "--rounds" => options with { Rounds = Number(value, least: 1) },
                "--seed" => options with { Seed = Number(value, least: 0) },
                "--faults" => options with { Faults = [.. value.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Fault)] },
                _ => throw new ChaosUsageException($"there is no option {given[i]}"),
            };
        }

        if (options.IsShort && options.Faults.Count == 0) options = options with { Faults = [.. AllFaults.Short.Select(Fault)] };
        return options.Rounds > 0 ? options : options with { Rounds = options.IsShort ? 1 : 30 };
    }

    /// <summary>What a round breaks. Without a choice on the command line the seed deals the faults like cards, so that a row of
    /// rounds goes through all of them, and one round in three breaks a second thing.</summary>
    public IReadOnlyList<IFault> FaultsOf(int round)
    {
        if (Faults.Count > 0) return Faults;
        var deck = AllFaults.List.ToArray();
        new Random(Seed).Shuffle(deck);
        var random = new Random(Seed + round);
        var first = deck[round % deck.Length];
        return random.Next(3) == 0 && deck[random.Next(deck.Length)] is var second && second.Target != first.Target ? [first, second] : [first];
    }

    private static int Number(string text, int least) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least ? number
        : throw new ChaosUsageException($"{text} is no whole number of at least {least}");

    private static IFault Fault(string name) => AllFaults.Find(name)
        ?? throw new ChaosUsageException($"there is no fault {name}; there are {string.Join(", ", AllFaults.List.Select(f => f.Name))}");
}

internal sealed class ChaosUsageException(string message) : Exception(message);
