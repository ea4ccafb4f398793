using Certctl.Chaos;
using Certctl.Chaos.Faults;

namespace Certctl.UnitTests.Chaos;

public sealed class ChaosOptionsTests
{
    [Fact]
    public void A_seed_deals_every_fault_once_in_a_row_of_rounds_and_the_same_ones_again()
    {
        var options = ChaosOptions.Read(["--seed", "7"]);
        var dealt = Enumerable.Range(0, AllFaults.List.Count).Select(options.FaultsOf).ToList();
        Assert.Equal(AllFaults.List.Select(f => f.Name).Order(), dealt.Select(f => f[0].Name).Order());
        Assert.Contains(dealt, faults => faults.Count == 2);
        Assert.Equal(dealt, Enumerable.Range(0, AllFaults.List.Count).Select(ChaosOptions.Read(["--seed", "7"]).FaultsOf));
        Assert.NotEqual(dealt, Enumerable.Range(0, AllFaults.List.Count).Select(ChaosOptions.Read(["--seed", "8"]).FaultsOf));
    }

    [Fact]
    public void What_is_chosen_is_what_every_round_breaks()
    {
        var options = ChaosOptions.Read(["--faults", "kill-api,disk-alarm", "--rounds", "2"]);
        Assert.Equal(["kill-api", "disk-alarm"], options.FaultsOf(1).Select(f => f.Name));
        Assert.Equal(2, options.Rounds);
    }

    [Fact]
    public void Names_of_faults_are_unique_and_those_of_the_short_round_are_among_them()
    {
        Assert.Equal(AllFaults.List.Count, AllFaults.List.Select(f => f.Name).Distinct().Count());
        Assert.All(AllFaults.Short, name => Assert.NotNull(AllFaults.Find(name)));
    }

    [Theory]
    [InlineData("--faults", "kill-everything")]
    [InlineData("--rounds", "0")]
    [InlineData("--seed")]
    [InlineData("--loud", "1")]
    public void What_cannot_be_read_is_refused(params string[] arguments) => Assert.Throws<ChaosUsageException>(() => ChaosOptions.Read(arguments));
}
