using Certctl.HeartbeatIngest;

namespace Certctl.UnitTests.HeartbeatIngest;

public sealed class IntakeStreamTests
{
    [Fact]
    public void A_stream_without_a_gap_is_continuous_from_its_first_message() =>
        Assert.Equal(new IntakeStream(At(0), At(25), At(0)), IntakeStream.Of([At(10), At(0), At(25)]));

    [Fact]
    public void A_gap_within_a_batch_starts_the_stream_anew() =>
        Assert.Equal(new IntakeStream(At(0), At(50), At(40)), IntakeStream.Of([At(50), At(0), At(40), At(5)]));

    [Fact]
    public void The_gap_is_three_pulses_of_an_idle_api() =>
        Assert.Equal(3 * Certctl.Api.Agents.HeartbeatCoalescer.PulseInterval, IntakeStream.Gap);

    private static DateTimeOffset At(int seconds) => new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(seconds);
}
