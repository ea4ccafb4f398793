using Certctl.AcmeService.Authorizations;
using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Protocol;
using Certctl.Core.Domain.Acme;
using Certctl.Core.Persistence;
using Npgsql;

namespace Certctl.AcmeService.Validation;

/// <summary>Takes challenges for an attempt, until a lease runs out. Leases live on the database's clock.</summary>
public sealed class ChallengeClaims(NpgsqlDataSource database, ValidationSettings settings, TimeProvider time)
{
    /// <summary>Longer than any attempt takes: the challenge and CAA have their time each.</summary>
    private static readonly TimeSpan Lease = 2.5 * ChallengeValidator.Timeout;

    private const string Columns = """
        c.challenge_id, c.attempts, c.type, c.token, c.window_ends_at, a.authz_id, a.order_id, a.identifier_type, a.identifier_value, a.wildcard,
            a.status, a.expires_at, k.account_id, k.jwk_thumbprint, k.status, c.account_url, p.acme_allow_private_addresses
        """;

    private const string Joined = "a.authz_id = c.authz_id AND k.account_id = a.account_id AND p.id = a.profile_id";

    /// <summary>Puts a pending challenge on its way: processing from now on, for the time of the window.</summary>
    /// <param name="claimed">Whether the caller makes the first attempt; else whoever takes it next does.</param>
    /// <returns>Null when it or its authorization was not pending.</returns>
    public async Task<ChallengeClaim?> StartAsync(ChallengeRow challenge, SignedRequest request, bool claimed)
    {
        await using var command = database.CreateCommand($"""
            WITH started AS (
                UPDATE acme_challenges SET status = 'processing', window_ends_at = $2, next_attempt_at = $3, account_url = $6,
                    attempts = attempts + $7::int, lease_expires_at = CASE WHEN $7 THEN now() + $8 END
                WHERE challenge_id = $1 AND status = 'pending'
                    AND EXISTS (SELECT 1 FROM acme_authorizations a WHERE a.authz_id = acme_challenges.authz_id AND a.status = 'pending')
                RETURNING *
            ), audited AS (
                INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
                SELECT $4, 'acme_account', 'acme_challenge_processing', 'acme_challenge', challenge_id, jsonb_build_object('type', type), $5 FROM started
            )
            SELECT {Columns} FROM started c, acme_authorizations a, acme_accounts k, certificate_profiles p WHERE {Joined}
            """);
        var now = time.GetUtcNow();
        command.Parameters.Text(challenge.ChallengeId).Time(now + settings.Window).Time(now + ChallengeDispatch.Grace).Text(request.Actor).Time(now)
            .Text(request.Urls.Account(request.Account.Id)).Flag(claimed).Span(Lease);
        // Not to be cancelled: a client that leaves must not leave a claim behind that nobody acts on.
        return await ReadAsync(command, CancellationToken.None);
    }

    /// <summary>Claims a challenge that is processing and that nobody else has in hand.</summary>
    public async Task<ChallengeClaim?> TakeAsync(string challengeId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            UPDATE acme_challenges c SET attempts = c.attempts + 1, lease_expires_at = now() + $2
            FROM acme_authorizations a, acme_accounts k, certificate_profiles p
            WHERE c.challenge_id = $1 AND c.status = 'processing' AND (c.lease_expires_at IS NULL OR c.lease_expires_at < now()) AND {Joined}
            RETURNING {Columns}
            """);
        command.Parameters.Text(challengeId).Span(Lease);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Gives back, uncounted and due at once, what was claimed and is not looked at.</summary>
    public async Task ReleaseAsync(Attempt attempt)
    {
        await using var command = database.CreateCommand("""
            UPDATE acme_challenges SET attempts = attempts - 1, lease_expires_at = NULL, next_attempt_at = $3
            WHERE challenge_id = $1 AND status = 'processing' AND attempts = $2 AND lease_expires_at IS NOT NULL
            """);
        command.Parameters.Text(attempt.ChallengeId).Number(attempt.Number).Time(time.GetUtcNow());
        command.CommandTimeout = 2;
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private async Task<ChallengeClaim?> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        var (token, account) = (reader.GetString(3), reader.GetString(12));
        var identifier = new Identifier(reader.GetString(7), reader.GetString(8));
        var attempt = new Attempt(reader.GetString(0), reader.GetInt32(1), reader.GetString(5), reader.TextOrNull(6), account, identifier);
        var request = new ValidationRequest(
            reader.GetString(2), identifier, reader.GetBoolean(9), token, $"{token}.{reader.GetString(13)}", reader.GetString(15), reader.GetBoolean(16));
        var refusal = SnakeCase.FromText<AcmeAuthorizationStatus>(reader.GetString(10)) != AcmeAuthorizationStatus.Pending || reader.TimeOf(11) <= time.GetUtcNow()
            ? "The authorization is not pending any more."
            : SnakeCase.FromText<AcmeAccountStatus>(reader.GetString(14)) != AcmeAccountStatus.Valid ? "The account is not valid any more." : null;
        return new ChallengeClaim(attempt, request, reader.TimeOf(4), refusal);
    }
}

/// <param name="Refusal">Why there is nothing to validate any more; null when there is.</param>
public sealed record ChallengeClaim(Attempt Attempt, ValidationRequest Request, DateTimeOffset WindowEndsAt, string? Refusal);

/// <summary>A claimed attempt at a challenge.</summary>
/// <param name="Number">1 for the first.</param>
public sealed record Attempt(string ChallengeId, int Number, string AuthzId, string? OrderId, string AccountId, Identifier Identifier);
