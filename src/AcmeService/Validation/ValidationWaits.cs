using System.Collections.Concurrent;

namespace Certctl.AcmeService.Validation;

/// <summary>Lets a client that asked for validation wait a moment for its end, so that most need not ask again. Only a convenience:
/// when another replica validates, or it takes longer, the client polls.</summary>
public sealed class ValidationWaits(TimeProvider time)
{
    /// <summary>Longer than an answer from a host nearby takes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<AttemptEnd>> waiting = [];

    /// <summary>Sends a challenge on its way; null when no attempt at it ended in time.</summary>
    public async Task<AttemptEnd?> EndAsync(string challengeId, Func<Task> start, CancellationToken cancellationToken)
    {
        var attempt = waiting.GetOrAdd(challengeId, _ => new TaskCompletionSource<AttemptEnd>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        try
        {
            await start();
            return await attempt.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            waiting.TryRemove(challengeId, out _);
        }
    }

    /// <summary>An attempt of this process ended, whatever came of it.</summary>
    public void Ended(string challengeId, AttemptEnd end)
    {
        if (waiting.TryGetValue(challengeId, out var waiter)) waiter.TrySetResult(end);
    }
}

/// <param name="ProvenAt">When it proved its identifier, as it was written down; null when it did not, and the rows say what came of it.</param>
public sealed record AttemptEnd(DateTimeOffset? ProvenAt);
