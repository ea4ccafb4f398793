using System.Diagnostics;
using Certctl.Load.BulkRenewal;
using Certctl.Load.Http;
using Certctl.Load.Running;

namespace Certctl.Bench;

/// <summary>One bulk renewal of a running instance, from its POST until the last certificate is stored.</summary>
/// <param name="AcceptedMs">Until the 202.</param>
/// <param name="Seconds">Until its books are closed: enqueued = completed.</param>
internal sealed record BulkRun(double AcceptedMs, double Seconds, long Enqueued, double PerSecond)
{
    // The questions are answered by the cores that are measured: often only near the end, where it counts.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LookNearEnd = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <param name="environment">The certificates to renew, by force.</param>
    /// <exception cref="InvalidOperationException">Some certificate failed, or it did not end.</exception>
    public static async Task<BulkRun> RunAsync(LoadClient client, string environment)
    {
        var bulks = new BulkApi(client, environment);
        await bulks.WouldEnqueueAsync(); // Neither the connection nor this program's first use is part of it.
        var clock = Stopwatch.StartNew();
        var id = await bulks.AcceptAsync(force: true, CancellationToken.None);
        var acceptedMs = clock.Elapsed.TotalMilliseconds;
        await Until.SeenAsync(() => bulks.ReadAsync(id), b => b.Ended || b.Completed * 10 >= b.Enqueued * 8, Limit, Look, TimeProvider.System);
        var bulk = await Until.SeenAsync(() => bulks.ReadAsync(id), b => b.Ended, Limit, LookNearEnd, TimeProvider.System);
        var seconds = clock.Elapsed.TotalSeconds;
        if (bulk is not { Enqueued: > 0 and var enqueued } || bulk.Completed != enqueued) throw new InvalidOperationException($"It did not renew all: {bulk}");
        return new BulkRun(acceptedMs, seconds, enqueued, enqueued / seconds);
    }
}
