using Certctl.AcmeService.Validation;
using Microsoft.Extensions.Logging.Abstractions;

namespace Certctl.UnitTests.AcmeService.Validation;

public sealed class FirstAttemptsTests
{
    [Fact]
    public async Task A_start_that_comes_to_nothing_keeps_no_slot()
    {
        using var slots = new ValidationSlots(new ValidationSettings { Http01Concurrency = 1 });
        using var attempts = new FirstAttempts(null!, null!, slots, null!, TimeProvider.System, NullLogger<FirstAttempts>.Instance);
        var claimed = new List<bool>();
        Task<ChallengeClaim?> Nothing(bool here)
        {
            claimed.Add(here);
            return Task.FromResult<ChallengeClaim?>(null);
        }

        await attempts.StartAsync("http-01", Nothing);
        await Assert.ThrowsAsync<InvalidOperationException>(() => attempts.StartAsync("http-01", _ => throw new InvalidOperationException()));
        await attempts.StartAsync("http-01", Nothing);
        Assert.True(slots.TryTake("http-01"));

        // Nobody claims for itself what it has no slot for, nor when it stops.
        await attempts.StartAsync("http-01", Nothing);
        slots.Release("http-01");
        await attempts.StopAsync(TestContext.Current.CancellationToken);
        await attempts.StartAsync("http-01", Nothing);
        Assert.Equal([true, true, false, false], claimed);
    }
}
