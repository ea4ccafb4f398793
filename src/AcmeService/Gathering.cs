using System.Threading.Channels;
using Certctl.Core.Hosting;
using Npgsql;

namespace Certctl.AcmeService;

/// <summary>
/// Lets requests that come together share a statement and its commit. Each waits for a moment in which others may join it; while
/// statements are under way the next ones gather, so that the busier the server, the fewer round trips a request costs.
/// </summary>
/// <param name="moment">How long the first of a gathering waits for others, when it need not wait for its turn.</param>
/// <param name="size">Largest gathering.</param>
/// <param name="waiting">How many may wait in all.</param>
/// <param name="atOnce">Gatherings under way at one time.</param>
public abstract class Gathering<TItem, TResult>(TimeSpan moment, int size, int waiting, int atOnce, TimeProvider time) : BackgroundService
{
    private readonly Channel<Entry> entries = Channel.CreateBounded<Entry>(waiting);
    private readonly SemaphoreSlim turns = new(atOnce);

    protected TimeProvider Time => time;

    public override void Dispose()
    {
        turns.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The result for each item, in their order. What PostgreSQL refuses of one is answered again, each item alone: nobody
    /// pays for another's. An outage, a time-out, a deadlock, and whatever else it throws, all who gathered are told.</summary>
    protected abstract Task<IReadOnlyList<TResult>> AnswerAsync(IReadOnlyList<TItem> items);

    /// <exception cref="OverloadException">Too many wait already, or this server stops.</exception>
    protected Task<TResult> GatherAsync(TItem item)
    {
        var entry = new Entry(item, new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously));
        return entries.Writer.TryWrite(entry) ? entry.Done.Task : throw new OverloadException("Too many requests wait for the database.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await entries.Reader.WaitToReadAsync(stoppingToken))
            {
                // Whoever waits for a turn lets others join it meanwhile.
                if (turns.Wait(TimeSpan.Zero, CancellationToken.None)) await Task.Delay(moment, time, CancellationToken.None);
                else await turns.WaitAsync(stoppingToken);
                var gathered = new List<Entry>(size);
                while (gathered.Count < size && entries.Reader.TryRead(out var entry)) gathered.Add(entry);
                _ = TakeTurnAsync(gathered);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            while (entries.Reader.TryRead(out var entry)) entry.Done.TrySetException(new OverloadException("This server is stopping."));
            // What is under way ends first: the process must not stop between two steps without need.
            for (var turn = 0; turn < atOnce; turn++) await turns.WaitAsync(CancellationToken.None);
        }
    }

    private async Task TakeTurnAsync(List<Entry> gathered)
    {
        try
        {
            await AnswerAsync(gathered);
        }
        finally
        {
            turns.Release();
        }
    }

    private async Task AnswerAsync(List<Entry> gathered)
    {
        try
        {
            var results = await AnswerAsync(gathered.ConvertAll(e => e.Item));
            for (var i = 0; i < gathered.Count; i++) gathered[i].Done.TrySetResult(results[i]);
        }
        catch (PostgresException e) when (gathered.Count > 1 && !Outage.IsOfDatabaseOrTimeOut(e))
        {
            foreach (var entry in gathered) await AnswerAsync([entry]);
        }
        catch (Exception e)
        {
            foreach (var entry in gathered) entry.Done.TrySetException(e);
        }
    }

    private sealed record Entry(TItem Item, TaskCompletionSource<TResult> Done);
}
