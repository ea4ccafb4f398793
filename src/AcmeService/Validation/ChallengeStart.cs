using Certctl.AcmeService.Authorizations;
using Certctl.AcmeService.Endpoints;

namespace Certctl.AcmeService.Validation;

/// <summary>Puts a challenge on its way to validation. The row is the intent; an attempt or a message that is lost is made up for by the sweep.</summary>
public sealed class ChallengeStart(ChallengeClaims claims, FirstAttempts attempts, ValidationWaits waits)
{
    /// <returns>Whether an attempt ended meanwhile: the rows say how.</returns>
    public Task<bool> StartAsync(ChallengeRow challenge, SignedRequest request, CancellationToken cancellationToken) =>
        waits.EndedAsync(
            challenge.ChallengeId, () => attempts.StartAsync(challenge.Type, here => claims.StartAsync(challenge, request, here)), cancellationToken);
}
