using System.Diagnostics.Metrics;
using Certctl.Core.Hosting;

namespace Certctl.AcmeService;

/// <summary>Counters besides those of the requests; the names are the Go certctl's: <c>certctl_acme_gc_runs_total</c> and so on.</summary>
internal static class AcmeCounters
{
    public static readonly Counter<long> NewAccountIdempotent = Of("new_account_idempotent", "newAccount requests answered with the account that has the key.");
    public static readonly Counter<long> DeactivateAccount = Of("deactivate_account", "Accounts that their clients deactivated.");
    public static readonly Counter<long> NewOrderRejected = Of("new_order_rejected", "New orders refused for their identifiers.");
    public static readonly Counter<long> ChallengeValid = Of("challenge_validate_valid", "Challenges that ended valid.");
    public static readonly Counter<long> ChallengeInvalid = Of("challenge_validate_invalid", "Challenges that ended invalid.");
    public static readonly Counter<long> NoncesReaped = Of("gc_nonces_reaped", "Used nonces deleted once their time was over.");
    public static readonly Counter<long> AuthorizationsExpired = Of("gc_authzs_expired", "Pending authorizations whose time ran out.");
    public static readonly Counter<long> OrdersInvalidated = Of("gc_orders_invalidated", "Orders whose time ran out.");
    public static readonly Counter<long> Runs = Of("gc_runs", "Sweeps begun.");
    public static readonly Counter<long> RunFailures = Of("gc_run_failures", "Sweeps that failed.");
    private static readonly Counter<long> RateLimited = Of("rate_limited", "Requests refused by a limit.");

    public static void Refused(string limit) => RateLimited.Add(1, new KeyValuePair<string, object?>("limit", limit));

    /// <summary>Shows those that have counted nothing yet, at 0.</summary>
    public static void Appear()
    {
        Counter<long>[] all =
        [
            NewAccountIdempotent, DeactivateAccount, NewOrderRejected, ChallengeValid, ChallengeInvalid, NoncesReaped, AuthorizationsExpired, OrdersInvalidated,
        ];
        foreach (var counter in all) counter.Add(0);
    }

    private static Counter<long> Of(string name, string description) => Telemetry.Meter.CreateCounter<long>($"certctl.acme.{name}", description: description);
}
