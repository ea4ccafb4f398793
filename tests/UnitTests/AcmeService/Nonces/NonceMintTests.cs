using Certctl.AcmeService;
using Certctl.AcmeService.Nonces;
using Certctl.Core.Pki;
using Microsoft.Extensions.Time.Testing;

namespace Certctl.UnitTests.AcmeService.Nonces;

public sealed class NonceMintTests : IDisposable
{
    private static readonly AcmeSettings Settings = new() { NonceTtl = TimeSpan.FromMinutes(5) };
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 2, 3, 59, 0, TimeSpan.Zero));
    private readonly SecretBox box = new(new string('k', 32));
    private readonly SecretBox otherBox = new(new string('o', 32));

    private NonceMint Mint => new(box, Settings, time);

    public void Dispose()
    {
        box.Dispose();
        otherBox.Dispose();
    }

    [Fact]
    public void Nonce_is_authentic_on_every_replica_and_names_itself()
    {
        var nonce = Mint.Issue();
        Assert.True(Mint.IsAuthentic(nonce, out var here));
        Assert.True(Mint.IsAuthentic(nonce, out var there));
        Assert.Equal(here, there);
        Assert.True(Mint.IsAuthentic(Mint.Issue(), out var another));
        Assert.NotEqual(here, another);
    }

    [Fact]
    public void Nonce_of_another_fleet_is_not_authentic() => Assert.False(Mint.IsAuthentic(new NonceMint(otherBox, Settings, time).Issue(), out _));

    [Fact]
    public void Nonce_is_good_across_the_hour_until_its_time_is_over()
    {
        var (nonce, mint) = (Mint.Issue(), Mint);
        time.Advance(Settings.NonceTtl);
        Assert.True(mint.IsAuthentic(nonce, out _));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(mint.IsAuthentic(nonce, out _));
    }

    [Theory]
    [InlineData(-30, true)]
    [InlineData(-31, false)]
    [InlineData(-3600, false)]
    [InlineData(3600, false)]
    [InlineData(7_200_000, false)]
    public void Clock_that_jumps_makes_nonces_stale_and_issues_good_ones_at_once(int seconds, bool isStillGood)
    {
        var nonce = Mint.Issue();
        var jumped = new NonceMint(box, Settings, new FakeTimeProvider(time.GetUtcNow().AddSeconds(seconds)));
        Assert.Equal(isStillGood, jumped.IsAuthentic(nonce, out _));
        Assert.True(jumped.IsAuthentic(jumped.Issue(), out _));
    }

    [Fact]
    public void Nonce_with_any_character_changed_is_not_authentic()
    {
        var (nonce, mint) = (Mint.Issue(), Mint);
        for (var i = 0; i < nonce.Length; i++)
            foreach (var other in "AB_!=\u00e9 ".Where(c => c != nonce[i]))
                Assert.False(mint.IsAuthentic($"{nonce[..i]}{other}{nonce[(i + 1)..]}", out _), $"{nonce} with {other} at {i}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("bm9uY2U")]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("___________________________________________")]
    [InlineData("__________________________________________8")]
    public void Whatever_else_a_client_sends_is_not_authentic(string nonce) => Assert.False(Mint.IsAuthentic(nonce, out _));
}
