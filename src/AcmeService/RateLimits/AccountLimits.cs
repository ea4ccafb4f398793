using Certctl.Core.Domain.Acme;
using Certctl.Core.Domain.Profiles;

namespace Certctl.AcmeService.RateLimits;

/// <summary>The limits in force for one account at one profile; 0 is none.</summary>
public readonly record struct AccountLimits(int OrdersPerHour, int ConcurrentOrders, int KeyChangesPerHour, int ChallengeRespondsPerHour)
{
    public static readonly AccountLimits None;

    public bool LimitsOrders => OrdersPerHour > 0 || ConcurrentOrders > 0;

    /// <summary>What an operator set for the account beats the profile's, and that the configured. A profile that is not limited
    /// has none, save those that an account has of its own.</summary>
    public static AccountLimits Of(RateLimitSettings settings, CertificateProfile profile, AcmeLimits account)
    {
        var (limited, ofProfile) = (profile.AcmeRateLimited, profile.AcmeLimits);
        return new AccountLimits(
            account.OrdersPerHour ?? (limited ? ofProfile.OrdersPerHour ?? settings.OrdersPerHour : 0),
            account.ConcurrentOrders ?? (limited ? ofProfile.ConcurrentOrders ?? settings.ConcurrentOrders : 0),
            account.KeyChangesPerHour ?? (limited ? ofProfile.KeyChangesPerHour ?? settings.KeyChangesPerHour : 0),
            account.ChallengeRespondsPerHour ?? (limited ? ofProfile.ChallengeRespondsPerHour ?? settings.ChallengeRespondsPerHour : 0));
    }
}
