using System.Diagnostics.Metrics;
using Certctl.AcmeService.Protocol;
using Certctl.Core.Domain.Acme;
using Certctl.Core.Hosting;
using Certctl.Core.Persistence;
using Npgsql;

namespace Certctl.AcmeService.Validation;

/// <summary>Makes one attempt at a challenge: claims it, looks outside, writes down what came of it. Safe to call twice, from
/// any replica, and to be killed in between: a claim that is not written runs out, and the sweep sends the challenge again.</summary>
public sealed class ChallengeValidation(
    NpgsqlDataSource database, IChallengeValidator validator, ValidationOutcome outcome, ValidationWaits waits, TimeProvider time)
{
    /// <summary>Longer than any attempt takes: the challenge and CAA have their time each.</summary>
    private static readonly TimeSpan Lease = 2.5 * ChallengeValidator.Timeout;

    private static readonly UpDownCounter<int> InFlight = Telemetry.Meter.CreateUpDownCounter<int>(
        "certctl.acme.validations", "{validation}", "Validations under way, by challenge type.");

    public async Task RunAsync(string challengeId, CancellationToken cancellationToken)
    {
        if (await ClaimAsync(challengeId, cancellationToken) is not { } claim) return;
        if (claim.Refusal is { } refusal)
        {
            await outcome.WriteAsync(claim.Attempt, Problems.Unauthorized(refusal, 403), cancellationToken);
            return;
        }

        var type = new KeyValuePair<string, object?>("type", claim.Request.ChallengeType);
        InFlight.Add(1, type);
        try
        {
            var result = await validator.ValidateAsync(claim.Request, cancellationToken);
            var next = time.GetUtcNow() + Backoff(claim.Attempt.Number);
            if (result is { Problem: { } problem, IsTransient: true } && next < claim.WindowEndsAt)
                await outcome.TryAgainAsync(claim.Attempt, problem, next, cancellationToken);
            else
                await outcome.WriteAsync(claim.Attempt, result.Problem, cancellationToken);
        }
        finally
        {
            InFlight.Add(-1, type);
            waits.Ended(challengeId);
        }
    }

    /// <summary>One second, then twice as long each time.</summary>
    private static TimeSpan Backoff(int attempt) => TimeSpan.FromSeconds(Math.Pow(2, Math.Min(attempt, 8) - 1));

    private async Task<Claim?> ClaimAsync(string challengeId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            UPDATE acme_challenges c SET attempts = c.attempts + 1, lease_expires_at = now() + $2
            FROM acme_authorizations a, acme_accounts k, certificate_profiles p
            WHERE c.challenge_id = $1 AND c.status = 'processing' AND (c.lease_expires_at IS NULL OR c.lease_expires_at < now())
                AND a.authz_id = c.authz_id AND k.account_id = a.account_id AND p.id = a.profile_id
            RETURNING c.attempts, c.type, c.token, c.window_ends_at, a.authz_id, a.order_id, a.identifier_type, a.identifier_value, a.wildcard,
                a.status, a.expires_at, k.account_id, k.jwk_thumbprint, k.status, c.account_url, p.acme_allow_private_addresses
            """);
        command.Parameters.Text(challengeId).Span(Lease);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        var (token, account) = (reader.GetString(2), reader.GetString(11));
        var identifier = new Identifier(reader.GetString(6), reader.GetString(7));
        var attempt = new Attempt(challengeId, reader.GetInt32(0), reader.GetString(4), reader.TextOrNull(5), account, identifier);
        var request = new ValidationRequest(
            reader.GetString(1), identifier, reader.GetBoolean(8), token, $"{token}.{reader.GetString(12)}",
            reader.GetString(14), reader.GetBoolean(15));
        var refusal = SnakeCase.FromText<AcmeAuthorizationStatus>(reader.GetString(9)) != AcmeAuthorizationStatus.Pending || reader.TimeOf(10) <= time.GetUtcNow()
            ? "The authorization is not pending any more."
            : SnakeCase.FromText<AcmeAccountStatus>(reader.GetString(13)) != AcmeAccountStatus.Valid ? "The account is not valid any more." : null;
        return new Claim(attempt, request, reader.TimeOf(3), refusal);
    }

    private sealed record Claim(Attempt Attempt, ValidationRequest Request, DateTimeOffset WindowEndsAt, string? Refusal);
}

/// <summary>A claimed attempt at a challenge.</summary>
/// <param name="Number">1 for the first.</param>
public sealed record Attempt(string ChallengeId, int Number, string AuthzId, string? OrderId, string AccountId, Identifier Identifier);
