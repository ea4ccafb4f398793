using System.ComponentModel;
using Certctl.Api.Json;
using Certctl.Api.Problems;
using Certctl.Core.Domain.Acme;

namespace Certctl.Api.Acme;

/// <summary>What changes of the limits of an ACME profile or account. 0: no limit; null: as configured.</summary>
public sealed record ChangeLimits
{
    private const int Max = 1_000_000;

    [Description("New orders an hour of one account.")]
    public Given<int?> OrdersPerHour { get; init; }

    [Description("Orders of one account that are pending, ready or processing.")]
    public Given<int?> ConcurrentOrders { get; init; }

    [Description("Key changes an hour of one account.")]
    public Given<int?> KeyChangesPerHour { get; init; }

    [Description("Responses an hour to one challenge.")]
    public Given<int?> ChallengeRespondsPerHour { get; init; }

    /// <summary>The limits after the change: null as a whole clears them all, and what is left out stays.</summary>
    internal static AcmeLimits Apply(Given<ChangeLimits> given, AcmeLimits current, string field, FieldErrors errors)
    {
        if (!given.IsGiven) return current;
        if (given.Value is not { } change) return new AcmeLimits();
        return new AcmeLimits
        {
            OrdersPerHour = Limit("orders_per_hour", change.OrdersPerHour, current.OrdersPerHour),
            ConcurrentOrders = Limit("concurrent_orders", change.ConcurrentOrders, current.ConcurrentOrders),
            KeyChangesPerHour = Limit("key_changes_per_hour", change.KeyChangesPerHour, current.KeyChangesPerHour),
            ChallengeRespondsPerHour = Limit("challenge_responds_per_hour", change.ChallengeRespondsPerHour, current.ChallengeRespondsPerHour),
        };

        int? Limit(string name, Given<int?> limit, int? before)
        {
            errors.Range($"{field}.{name}", limit.Value, 0, Max);
            return limit.IsGiven ? limit.Value : before;
        }
    }
}
