using Certctl.AcmeService.Authorizations;
using Certctl.AcmeService.Endpoints;
using Npgsql;

namespace Certctl.AcmeService.Validation;

/// <summary>Puts a challenge on its way to validation. The row is the intent; an attempt or a message that is lost is made up for by the sweep.</summary>
public sealed class ChallengeStart(NpgsqlDataSource database, FirstAttempts attempts, ValidationWaits waits, ValidationSettings settings, TimeProvider time)
{
    /// <returns>Whether an attempt ended meanwhile: the rows say how.</returns>
    public Task<bool> StartAsync(ChallengeRow challenge, SignedRequest request, CancellationToken cancellationToken) =>
        waits.EndedAsync(challenge.ChallengeId, () => SendAsync(challenge, request, cancellationToken), cancellationToken);

    private async Task SendAsync(ChallengeRow challenge, SignedRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var command = database.CreateCommand("""
            WITH started AS (
                UPDATE acme_challenges SET status = 'processing', window_ends_at = $2, next_attempt_at = $3, account_url = $6
                WHERE challenge_id = $1 AND status = 'pending' RETURNING challenge_id, type
            )
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            SELECT $4, 'acme_account', 'acme_challenge_processing', 'acme_challenge', challenge_id, jsonb_build_object('type', type), $5 FROM started
            """);
        command.Parameters.Text(challenge.ChallengeId).Time(now + settings.Window).Time(now + ChallengeDispatch.Grace).Text(request.Actor).Time(now).Text(request.Urls.Account(request.Account.Id));
        if (await command.ExecuteNonQueryAsync(cancellationToken) > 0) attempts.Start(challenge.ChallengeId, challenge.Type);
    }
}
