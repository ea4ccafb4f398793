using static Certctl.UnitTests.AcmeService.Validation.ValidationWorld;

namespace Certctl.UnitTests.AcmeService.Validation;

public sealed class ChallengeValidatorTests
{
    [Fact]
    public async Task Unknown_type_is_final()
    {
        await using var world = new ValidationWorld();
        Failed(await world.ValidateAsync("email-01", "www.example.test"), "malformed", false, "no challenge of this type");
    }

    [Fact]
    public async Task Loopback_is_not_dialled_unless_allowed()
    {
        await using var world = new ValidationWorld(allowLoopback: false);
        world.Dns.Address("www.example.test", "127.0.0.1", "::1");
        var dialled = 0;
        world.Http.Received = _ => dialled++;
        foreach (var type in (string[])["http-01", "tls-alpn-01"])
            Failed(await world.ValidateAsync(type, "www.example.test", allowPrivate: true), "dns", false, "every address of www.example.test is in a reserved range");
        Assert.Equal(0, dialled);
    }

    [Fact]
    public async Task Cancellation_is_the_callers()
    {
        var world = new ValidationWorld();
        world.Dns.Address("www.example.test", "127.0.0.1");
        var received = new TaskCompletionSource();
        world.Http.Answer(ChallengePath, Certctl.Loopback.Http.LoopbackAnswer.Silence);
        world.Http.Received = _ => received.SetResult();
        using var cancel = new CancellationTokenSource();
        var validation = world.ValidateAsync("http-01", "www.example.test", cancellationToken: cancel.Token);
        await world.ReachedAsync(received);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => validation);
        await world.DisposeAsync();
    }
}
