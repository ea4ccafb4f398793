using Certctl.Api.Agents;

namespace Certctl.UnitTests.Api.Agents;

public sealed class HeartbeatIntervalTests
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(0, 30)]
    [InlineData(5_000, 30)]
    [InlineData(6_000, 30)]
    [InlineData(12_000, 60)]
    [InlineData(100_000, 500)]
    public void The_interval_grows_with_the_fleet_once_it_exceeds_the_target_rate(int agents, int seconds) =>
        Assert.Equal(seconds, HeartbeatInterval.Next(Shortest, agents, targetRate: 200, random: 0.5));

    [Theory]
    [InlineData(0, 27)]
    [InlineData(0.999999, 33)]
    public void Jitter_is_a_tenth_either_way(double random, int seconds) =>
        Assert.Equal(seconds, HeartbeatInterval.Next(Shortest, 100, targetRate: 200, random));

    [Fact]
    public void No_interval_is_longer_than_there_are_answers_for() =>
        Assert.Equal(HeartbeatInterval.MaxSeconds, HeartbeatInterval.Next(Shortest, 100_000_000, targetRate: 1, random: 1));
}
