using System.Collections.Concurrent;

namespace Certctl.AcmeService.Validation;

/// <summary>Lets a client that asked for validation wait a moment for its end, so that most need not ask again. Only a convenience:
/// when another replica validates, or it takes longer, the client polls.</summary>
public sealed class ValidationWaits(TimeProvider time)
{
    /// <summary>Longer than an answer from a host nearby takes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private readonly ConcurrentDictionary<string, TaskCompletionSource> waiting = [];

    /// <summary>Sends a challenge on its way; whether an attempt at it ended in time.</summary>
    public async Task<bool> EndedAsync(string challengeId, Func<Task> start, CancellationToken cancellationToken)
    {
        var attempt = waiting.GetOrAdd(challengeId, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        try
        {
            await start();
            await attempt.WaitAsync(Patience, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            waiting.TryRemove(challengeId, out _);
        }
    }

    /// <summary>An attempt of this process ended, whatever came of it.</summary>
    public void Ended(string challengeId)
    {
        if (waiting.TryGetValue(challengeId, out var waiter)) waiter.TrySetResult();
    }
}
