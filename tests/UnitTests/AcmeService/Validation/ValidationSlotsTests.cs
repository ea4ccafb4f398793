using Certctl.AcmeService.Validation;

namespace Certctl.UnitTests.AcmeService.Validation;

public sealed class ValidationSlotsTests
{
    [Fact]
    public async Task Both_ways_of_taking_a_slot_share_the_slots_of_a_type()
    {
        using var slots = new ValidationSlots(new ValidationSettings { Http01Concurrency = 1 });
        Assert.True(slots.TryTake("http-01"));
        Assert.False(slots.TryTake("http-01"));
        Assert.True(slots.TryTake("dns-01"));
        var ran = false;
        var waiting = slots.RunAsync("http-01", () => Task.FromResult(ran = true), TestContext.Current.CancellationToken);
        Assert.False(ran);
        slots.Release("http-01");
        await waiting;
        Assert.True(ran);
        Assert.True(slots.TryTake("http-01"));
    }

    [Fact]
    public async Task A_validation_that_throws_gives_its_slot_back()
    {
        using var slots = new ValidationSlots(new ValidationSettings { TlsAlpn01Concurrency = 1 });
        await Assert.ThrowsAsync<InvalidOperationException>(() => slots.RunAsync("tls-alpn-01", () => throw new InvalidOperationException(), TestContext.Current.CancellationToken));
        Assert.True(slots.TryTake("tls-alpn-01"));
    }
}
