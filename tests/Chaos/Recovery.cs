using Certctl.Chaos.Fleet;
using Certctl.Chaos.Load;

namespace Certctl.Chaos;

/// <summary>Watches the load, which goes on, after the last fault has ended.</summary>
internal sealed class Recovery(MixedLoad load, ChaosDatabase database)
{
    private const double NormalShare = 0.9;
    private const int NormalOrders = 3;

    private const string Completed = "SELECT count(*) FROM renewals WHERE id = ANY($1) AND status = 'completed'";

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    /// <summary>Until heartbeats are accepted as they are sent, ACME orders begun since are valid, and a single renewal asked for since
    /// has gone through queue, worker and database. What a bulk left behind is worked off meanwhile.</summary>
    /// <returns>How long it took; null when it took longer than twice what it may.</returns>
    public async Task<TimeSpan?> MeasureAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var (since, started) = (TimeProvider.System.GetUtcNow(), TimeProvider.System.GetTimestamp());
        TimeSpan? beating = null, ordering = null, renewing = null;
        var (windowBegan, windowSent, windowAccepted) = (started, load.Heartbeats.Sent, load.Heartbeats.Accepted);
        var recovered = await Pause.UntilAsync(
            async () =>
            {
                var elapsed = TimeProvider.System.GetElapsedTime(started);
                if (TimeProvider.System.GetElapsedTime(windowBegan) is var window && window >= Window)
                {
                    var (sent, accepted) = (load.Heartbeats.Sent, load.Heartbeats.Accepted);
                    if (sent > windowSent && accepted - windowAccepted >= NormalShare * (sent - windowSent)) beating ??= elapsed - window;
                    (windowBegan, windowSent, windowAccepted) = (TimeProvider.System.GetTimestamp(), sent, accepted);
                }

                if (load.Orders.Accepted.Count(o => o.AcceptedAt >= since && o.Status == "valid") >= NormalOrders) ordering ??= elapsed;
                if (renewing is null && await IsRenewingAsync(since, cancellationToken)) renewing = elapsed;
                return beating is not null && ordering is not null && renewing is not null;
            },
            2 * limit, cancellationToken);
        return recovered ? new[] { beating!.Value, ordering!.Value, renewing!.Value }.Max() : null;
    }

    private async Task<bool> IsRenewingAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        string[] asked = [.. load.Renewals.Accepted.Where(r => r.At >= since).Select(r => r.Id)];
        return asked.Length > 0 && await database.TryCountAsync(Completed, cancellationToken, (object)asked) > 0;
    }
}
