using Certctl.AcmeService.RateLimits;
using Certctl.Core.Domain.Acme;
using Certctl.Core.Domain.Profiles;

namespace Certctl.UnitTests.AcmeService.RateLimits;

public sealed class AccountLimitsTests
{
    private static readonly RateLimitSettings Settings = new();

    [Fact]
    public void The_defaults_are_those_of_the_go_server_and_what_is_ours_is_off()
    {
        Assert.Equal(new AccountLimits(100, 5, 5, 60), AccountLimits.Of(Settings, Profile(), new AcmeLimits()));
        Assert.Equal((0, 0, 0), (Settings.NewAccountsPerAddressPerHour, Settings.FailedValidationsPerHour, Settings.PerAddressPerMinute));
    }

    [Fact]
    public void An_account_beats_its_profile_and_that_the_settings()
    {
        var profile = Profile(new AcmeLimits { OrdersPerHour = 10, ConcurrentOrders = 2 });
        Assert.Equal(new AccountLimits(10, 2, 5, 60), AccountLimits.Of(Settings, profile, new AcmeLimits()));
        Assert.Equal(new AccountLimits(7, 2, 5, 60), AccountLimits.Of(Settings, profile, new AcmeLimits { OrdersPerHour = 7 }));
    }

    [Fact]
    public void Zero_is_no_limit_wherever_it_stands()
    {
        Assert.Equal(new AccountLimits(0, 5, 5, 60), AccountLimits.Of(Settings with { OrdersPerHour = 0 }, Profile(), new AcmeLimits()));
        Assert.Equal(new AccountLimits(100, 0, 5, 60), AccountLimits.Of(Settings, Profile(new AcmeLimits { ConcurrentOrders = 0 }), new AcmeLimits()));
        Assert.False(AccountLimits.Of(Settings, Profile(), new AcmeLimits { OrdersPerHour = 0, ConcurrentOrders = 0 }).LimitsOrders);
    }

    [Fact]
    public void A_profile_without_limits_has_none_save_an_accounts_own()
    {
        var profile = Profile(new AcmeLimits { OrdersPerHour = 10 });
        profile.AcmeRateLimited = false;
        Assert.Equal(AccountLimits.None, AccountLimits.Of(Settings, profile, new AcmeLimits()));
        Assert.Equal(new AccountLimits(0, 0, 3, 0), AccountLimits.Of(Settings, profile, new AcmeLimits { KeyChangesPerHour = 3 }));
    }

    private static CertificateProfile Profile(AcmeLimits? limits = null) =>
        new() { Id = "prof", Name = "prof", IssuerId = "iss", AcmeLimits = limits ?? new AcmeLimits() };
}
