using System.Diagnostics.Metrics;
using Certctl.AcmeService.Protocol;
using Certctl.Core.Hosting;

namespace Certctl.AcmeService.Validation;

/// <summary>Makes one attempt at a challenge: claims it, looks outside, writes down what came of it. Safe to call twice, from
/// any replica, and to be killed in between: a claim that is not written runs out, and the sweep sends the challenge again.</summary>
public sealed class ChallengeValidation(
    ChallengeClaims claims, IChallengeValidator validator, ValidationOutcome outcome, ValidationWaits waits, TimeProvider time)
{
    private static readonly UpDownCounter<int> InFlight = Telemetry.Meter.CreateUpDownCounter<int>(
        "certctl.acme.validations", "{validation}", "Validations under way, by challenge type.");

    public async Task RunAsync(string challengeId, CancellationToken cancellationToken)
    {
        if (await claims.TakeAsync(challengeId, cancellationToken) is { } claim) await RunAsync(claim, cancellationToken);
    }

    public async Task RunAsync(ChallengeClaim claim, CancellationToken cancellationToken)
    {
        if (claim.Refusal is { } refusal)
        {
            await outcome.WriteAsync(claim.Attempt, Problems.Unauthorized(refusal, 403), cancellationToken);
            waits.Ended(claim.Attempt.ChallengeId, new AttemptEnd(ProvenAt: null));
            return;
        }

        var type = new KeyValuePair<string, object?>("type", claim.Request.ChallengeType);
        InFlight.Add(1, type);
        DateTimeOffset? provenAt = null;
        try
        {
            var result = await validator.ValidateAsync(claim.Request, cancellationToken);
            var next = time.GetUtcNow() + Backoff(claim.Attempt.Number);
            if (result is { Problem: { } problem, IsTransient: true } && next < claim.WindowEndsAt)
                await outcome.TryAgainAsync(claim.Attempt, problem, next, cancellationToken);
            else
                provenAt = await outcome.WriteAsync(claim.Attempt, result.Problem, cancellationToken);
        }
        finally
        {
            InFlight.Add(-1, type);
            waits.Ended(claim.Attempt.ChallengeId, new AttemptEnd(provenAt));
        }
    }

    /// <summary>One second, then twice as long each time.</summary>
    private static TimeSpan Backoff(int attempt) => TimeSpan.FromSeconds(Math.Pow(2, Math.Min(attempt, 8) - 1));
}
