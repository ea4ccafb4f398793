using Certctl.AcmeService.Authorizations;
using Certctl.AcmeService.Endpoints;

namespace Certctl.AcmeService.Validation;

/// <summary>Puts a challenge on its way to validation. The row is the intent; an attempt or a message that is lost is made up for by the sweep.</summary>
public sealed class ChallengeStart(ChallengeClaims claims, FirstAttempts attempts, ValidationWaits waits)
{
    /// <returns>The end of an attempt, when it came meanwhile.</returns>
    public Task<AttemptEnd?> StartAsync(ChallengeRow challenge, SignedRequest request, CancellationToken cancellationToken) =>
        waits.EndAsync(
            challenge.ChallengeId, () => attempts.StartAsync(challenge.Type, here => claims.StartAsync(challenge, request, here)), cancellationToken);
}
