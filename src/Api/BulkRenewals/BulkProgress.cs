using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.RateLimiting;
using Certctl.Api.Access;
using Certctl.Api.Problems;
using Certctl.Core.Domain.Renewals;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.BulkRenewals;

/// <summary>Progress of a bulk renewal as server-sent events: <c>progress</c> when something changed, at most twice a second, and
/// again where nothing does, so that no proxy takes the stream for dead; then <c>completed</c>, whatever its end, and the
/// stream is over. An outage of PostgreSQL ends none.</summary>
internal sealed class BulkProgress(IHostApplicationLifetime lifetime, TimeProvider time) : IDisposable
{
    private const int MaxStreams = 100;
    private const int MaxStreamsOfKey = 10;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);
    private readonly PartitionedRateLimiter<string> places = PartitionedRateLimiter.CreateChained(Places(MaxStreams, _ => ""), Places(MaxStreamsOfKey, key => key));

    public static async Task<Results<ServerSentEventsResult<BulkView>, ProblemResult>> StreamAsync(
        string id, CertctlDbContext context, BulkProgress progress, HttpContext http, CancellationToken cancellationToken)
    {
        if (await ReadAsync(context, id, cancellationToken) is not { } first) return Problem.NotFound("bulk renewal", id);
        var place = progress.places.AttemptAcquire(http.Caller().KeyId);
        http.Response.RegisterForDispose(place);
        if (!place.IsAcquired) return Problem.Unavailable($"Too many progress streams are open: {MaxStreamsOfKey} of one API key and {MaxStreams} in all may be.");
        return TypedResults.ServerSentEvents(progress.FollowAsync(context, first, cancellationToken));
    }

    public void Dispose() => places.Dispose();

    private static PartitionedRateLimiter<string> Places(int permits, Func<string, string> of) => PartitionedRateLimiter.Create<string, string>(key =>
        RateLimitPartition.GetConcurrencyLimiter(of(key), _ => new ConcurrencyLimiterOptions { PermitLimit = permits, QueueLimit = 0 }));

    private async IAsyncEnumerable<SseItem<BulkView>> FollowAsync(
        CertctlDbContext context, BulkView current, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A stream must not keep the process from stopping.
        using var until = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        using var timer = new PeriodicTimer(Interval, time);
        while (!IsOver(current))
        {
            yield return new SseItem<BulkView>(current, "progress");
            if (await NextAsync(context, current, timer, until.Token) is not { } next) yield break;
            current = next;
        }

        yield return new SseItem<BulkView>(current, "completed");
    }

    /// <summary>The first state that differs from the last, or the last again after a while; null when the stream has to end.</summary>
    private async Task<BulkView?> NextAsync(CertctlDbContext context, BulkView last, PeriodicTimer timer, CancellationToken cancellationToken)
    {
        var said = time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    var now = await ReadAsync(context, last.Id, cancellationToken);
                    if (now is null || !Fingerprint(now).Equals(Fingerprint(last))) return now;
                }
                catch (Exception e) when (DatabaseFailure.In(e) is not null)
                {
                    // The bulk goes on once PostgreSQL is back, and so does the stream.
                }

                if (time.GetElapsedTime(said) >= Silence) return last;
            }
        }
        catch (OperationCanceledException)
        {
            // The client has left, or the process stops.
        }

        return null;
    }

    private static async Task<BulkView?> ReadAsync(CertctlDbContext context, string id, CancellationToken cancellationToken) =>
        await context.BulkRenewals.AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancellationToken) is { } bulk ? BulkView.Of(bulk) : null;

    private static object Fingerprint(BulkView b) =>
        (b.Status, b.TotalEnqueued, b.TotalCompleted, b.TotalFailed, b.TotalCancelled, b.CancelRequestedAt, b.LastError);

    private static bool IsOver(BulkView bulk) => bulk.Status is BulkStatus.Completed or BulkStatus.Cancelled or BulkStatus.Failed;
}
