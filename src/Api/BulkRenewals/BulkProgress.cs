using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Certctl.Api.Problems;
using Certctl.Core.Domain.Renewals;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.BulkRenewals;

/// <summary>Progress of a bulk renewal as server-sent events: <c>progress</c> when something changed, at most twice a second,
/// then <c>completed</c>, whatever its end, and the stream is over.</summary>
internal sealed class BulkProgress(IHostApplicationLifetime lifetime, TimeProvider time) : IDisposable
{
    private const int MaxStreams = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private readonly SemaphoreSlim places = new(MaxStreams);

    public static async Task<Results<ServerSentEventsResult<BulkView>, ProblemResult>> StreamAsync(
        string id, CertctlDbContext context, BulkProgress progress, HttpContext http, CancellationToken cancellationToken)
    {
        if (await ReadAsync(context, id, cancellationToken) is not { } first) return Problem.NotFound("bulk renewal", id);
        if (!progress.places.Wait(0, CancellationToken.None)) return Problem.Unavailable($"{MaxStreams} progress streams are open already.");
        http.Response.OnCompleted(() =>
        {
            progress.places.Release();
            return Task.CompletedTask;
        });
        return TypedResults.ServerSentEvents(progress.FollowAsync(context, first, cancellationToken));
    }

    public void Dispose() => places.Dispose();

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

    /// <summary>The first state that differs from the last; null when the stream has to end.</summary>
    private static async Task<BulkView?> NextAsync(CertctlDbContext context, BulkView last, PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var now = await ReadAsync(context, last.Id, cancellationToken);
                if (now is null || !Fingerprint(now).Equals(Fingerprint(last))) return now;
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
