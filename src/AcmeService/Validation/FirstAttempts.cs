using System.Collections.Concurrent;

namespace Certctl.AcmeService.Validation;

/// <summary>A client's request for validation starts the first attempt right here while this process has a slot free; else a message
/// does, on whatever replica (ADR 16). Either way the row is the intent, and what does not come to an end is left to the sweep.</summary>
public sealed class FirstAttempts(ChallengeValidation validation, ChallengeClaims claims, ValidationSlots slots, ChallengeDispatch dispatch, TimeProvider time, ILogger<FirstAttempts> logger)
    : IHostedService, IDisposable
{
    /// <summary>How long a process that stops waits for attempts under way.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<int, Task> underWay = [];
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Returns once the challenge is on its way.</summary>
    /// <param name="start">Commits it, claimed when this process is to make the attempt; null when there is nothing to start.</param>
    public async Task StartAsync(string type, Func<bool, Task<ChallengeClaim?>> start)
    {
        var here = !stopping.IsCancellationRequested && slots.TryTake(type);
        ChallengeClaim? claim = null;
        try
        {
            claim = await start(here);
        }
        finally
        {
            if (here && claim is null) slots.Release(type);
        }

        if (claim is null) return;
        if (!here)
        {
            dispatch.SendSoon(claim.Attempt.ChallengeId, type);
            return;
        }

        var attempt = RunAsync(claim, type);
        underWay.TryAdd(attempt.Id, attempt);
        _ = attempt.ContinueWith(ended => underWay.TryRemove(ended.Id, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
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

    private async Task RunAsync(ChallengeClaim claim, string type)
    {
        try
        {
            await validation.RunAsync(claim, stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await GiveBackAsync(claim);
        }
        catch (Exception e)
        {
            logger.LogWarning("Challenge {Challenge} is left to the sweep: {Reason}", claim.Attempt.ChallengeId, e.Message);
        }
        finally
        {
            slots.Release(type);
        }
    }

    /// <summary>So that the sweep of another replica need not wait for the lease to run out.</summary>
    private async Task GiveBackAsync(ChallengeClaim claim)
    {
        try
        {
            await claims.ReleaseAsync(claim.Attempt);
        }
        catch (Exception e)
        {
            logger.LogWarning("Challenge {Challenge} is left to its lease: {Reason}", claim.Attempt.ChallengeId, e.Message);
        }
    }
}
