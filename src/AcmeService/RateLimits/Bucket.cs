using System.Net;

namespace Certctl.AcmeService.RateLimits;

/// <summary>A token bucket that holds an hour's worth and starts full. Kept by GCRA: the one instant at which it would be full again
/// (<c>full_at</c>) says how much is in it, and every token taken moves that on by <see cref="Interval"/>.</summary>
/// <param name="Key">Action and whom it counts for: no two limits share one.</param>
/// <param name="PerHour">Capacity, and what comes back in an hour; at least 1.</param>
public readonly record struct Bucket(string Key, int PerHour)
{
    /// <summary>From one token to the next, in whole microseconds as PostgreSQL has them.</summary>
    public TimeSpan Interval => TimeSpan.FromMicroseconds(3_600_000_000 / PerHour);

    /// <summary>A token is left while the bucket will be full again within this.</summary>
    public TimeSpan Reach => Interval * (PerHour - 1);

    public static Bucket NewOrders(string accountId, int perHour) => new($"new-order:{accountId}", perHour);

    public static Bucket KeyChanges(string accountId, int perHour) => new($"key-change:{accountId}", perHour);

    public static Bucket ChallengeResponds(string challengeId, int perHour) => new($"challenge-respond:{challengeId}", perHour);

    public static Bucket NewAccounts(IPAddress? address, int perHour) => new($"new-account:{ClientAddress.Of(address)}", perHour);

    /// <param name="name">A wildcard's base name, as in an authorization.</param>
    public static Bucket FailedValidations(string accountId, string name, int perHour) => new($"failed-validation:{accountId}:{name}", perHour);
}
