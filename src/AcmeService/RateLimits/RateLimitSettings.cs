using Certctl.Core.Hosting.Settings;

namespace Certctl.AcmeService.RateLimits;

/// <summary>Limits of the ACME server. The first four are those of the Go certctl; profiles and accounts may differ from them.
/// The others are for servers that strangers reach.</summary>
public sealed record RateLimitSettings
{
    [Setting("CERTCTL_ACME_SERVER_RATE_LIMIT_ORDERS_PER_HOUR", "New orders, and new authorizations without one, an hour of one account; 0: no limit.", Min = 0, Max = 1_000_000)]
    public int OrdersPerHour { get; init; } = 100;

    [Setting("CERTCTL_ACME_SERVER_RATE_LIMIT_CONCURRENT_ORDERS", "Orders of one account that are pending, ready or processing; 0: no limit.", Min = 0, Max = 1_000_000)]
    public int ConcurrentOrders { get; init; } = 5;

    [Setting("CERTCTL_ACME_SERVER_RATE_LIMIT_KEY_CHANGE_PER_HOUR", "Key changes an hour of one account; 0: no limit.", Min = 0, Max = 1_000_000)]
    public int KeyChangesPerHour { get; init; } = 5;

    [Setting("CERTCTL_ACME_SERVER_RATE_LIMIT_CHALLENGE_RESPONDS_PER_HOUR", "Responses an hour to one challenge; 0: no limit.", Min = 0, Max = 1_000_000)]
    public int ChallengeRespondsPerHour { get; init; } = 60;

    [Setting("CERTCTL_ACME_SERVER_RATE_LIMIT_NEW_ACCOUNTS_PER_ADDRESS_PER_HOUR",
        "New accounts an hour from one address (of IPv6: one /64); 0: no limit. For a public server: 10.", Min = 0, Max = 1_000_000)]
    public int NewAccountsPerAddressPerHour { get; init; }

    [Setting("CERTCTL_ACME_SERVER_RATE_LIMIT_FAILED_VALIDATIONS_PER_HOUR",
        "Failed validations an hour of one account and name, after which it gets no order for that name; 0: no limit. For a public server: 5.", Min = 0, Max = 1_000_000)]
    public int FailedValidationsPerHour { get; init; }

    [Setting("CERTCTL_ACME_SERVER_RATE_LIMIT_PER_ADDRESS_PER_MINUTE",
        "Requests a minute from one address (of IPv6: one /64) that no account signed, on one replica; 0: no limit. For a public server: 600.", Min = 0, Max = 10_000_000)]
    public int PerAddressPerMinute { get; init; }
}
