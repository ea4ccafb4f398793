using System.Collections.Concurrent;

namespace Certctl.AcmeService.Validation;

/// <summary>A client's request for validation starts the first attempt right here while this process has a slot free; else a message
/// does, on whatever replica (ADR 16). Either way the row is the intent, and what does not come to an end is left to the sweep.</summary>
public sealed class FirstAttempts(ChallengeValidation validation, ValidationSlots slots, ChallengeDispatch dispatch, TimeProvider time, ILogger<FirstAttempts> logger)
    : IHostedService, IDisposable
{
    /// <summary>How long a process that stops waits for attempts under way.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Task> underWay = [];
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Returns at once. The challenge's row must be committed as processing.</summary>
    public void Start(string challengeId, string type)
    {
        if (stopping.IsCancellationRequested || !slots.TryTake(type))
        {
            dispatch.SendSoon(challengeId, type);
            return;
        }

        var attempt = RunAsync(challengeId, type);
        underWay.TryAdd(challengeId, attempt);
        if (attempt.IsCompleted) underWay.TryRemove(challengeId, out _);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var rest = Task.WhenAll(underWay.Values);
        await Task.WhenAny(rest, Task.Delay(Patience, time, cancellationToken));
        await stopping.CancelAsync();
        await rest;
    }

    public void Dispose() => stopping.Dispose();

    private async Task RunAsync(string challengeId, string type)
    {
        try
        {
            await validation.RunAsync(challengeId, stopping.Token);
        }
        catch (Exception e)
        {
            logger.LogWarning("Challenge {Challenge} is left to the sweep: {Reason}", challengeId, e.Message);
        }
        finally
        {
            slots.Release(type);
            underWay.TryRemove(challengeId, out _);
        }
    }
}
