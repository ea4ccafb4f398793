using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Protocol;
using Certctl.Core.Domain.Acme;
using Certctl.Core.Persistence;
using Npgsql;

namespace Certctl.AcmeService.Authorizations;

/// <summary>An authorization with its challenges as they stand in the database, and the objects that clients see
/// (RFC 8555 7.1.4, 7.1.5).</summary>
public sealed record AuthorizationRow(
    string AuthzId, string? OrderId, Identifier Identifier, bool Wildcard, AcmeAuthorizationStatus Status, DateTimeOffset ExpiresAt,
    IReadOnlyList<ChallengeRow> Challenges)
{
    public const string Columns = """
        a.authz_id, a.order_id, a.identifier_type, a.identifier_value, a.wildcard, a.status, a.expires_at,
        c.challenge_id, c.type, c.status, c.token, c.validated_at, c.error,
        CASE WHEN c.error IS NOT NULL AND c.lease_expires_at IS NULL THEN c.next_attempt_at END
        """;

    /// <summary>Reads one row a challenge; null when there is none.</summary>
    public static async Task<AuthorizationRow?> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        AuthorizationRow? row = null;
        var challenges = new List<ChallengeRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            row ??= new AuthorizationRow(
                reader.GetString(0), reader.TextOrNull(1), new Identifier(reader.GetString(2), reader.GetString(3)), reader.GetBoolean(4),
                SnakeCase.FromText<AcmeAuthorizationStatus>(reader.GetString(5)), reader.TimeOf(6), challenges);
            challenges.Add(new ChallengeRow(
                reader.GetString(7), reader.GetString(8), SnakeCase.FromText<AcmeChallengeStatus>(reader.GetString(9)), reader.GetString(10),
                reader.TimeOrNull(11), reader.TextOrNull(12), reader.TimeOrNull(13)));
        }

        return row;
    }

    public AcmeAuthorizationStatus StatusAt(DateTimeOffset now) =>
        Status is AcmeAuthorizationStatus.Pending or AcmeAuthorizationStatus.Valid && ExpiresAt <= now ? AcmeAuthorizationStatus.Expired : Status;

    /// <summary>While pending every challenge is shown; afterwards those that were tried (RFC 8555 7.1.4).</summary>
    public AcmeAnswer Answer(int status, AcmeUrls urls, DateTimeOffset now)
    {
        var state = StatusAt(now);
        var shown = state == AcmeAuthorizationStatus.Pending ? Challenges : [.. Challenges.Where(c => c.Status != AcmeChallengeStatus.Pending)];
        var body = new Authorization(
            SnakeCase.ToText(state), ExpiresAt, Identifier, Wildcard ? true : null, [.. (shown.Count == 0 ? Challenges : shown).Select(c => c.View(urls))]);
        return AcmeAnswer.Json(status, Wire.Serialize(body)) with
        {
            Location = urls.Authorization(AuthzId),
            RetryAfter = state == AcmeAuthorizationStatus.Pending ? Challenges.Select(c => c.PollAfter(now)).Min() : null,
        };
    }

    public AcmeAnswer Answer(ChallengeRow challenge, AcmeUrls urls, DateTimeOffset now) => AcmeAnswer.Json(200, Wire.Serialize(challenge.View(urls))) with
    {
        Location = urls.Challenge(challenge.ChallengeId),
        Links = [AcmeAnswer.Link(urls.Authorization(AuthzId), "up")],
        RetryAfter = challenge.PollAfter(now),
    };
}

/// <param name="NextAttemptAt">While it waits for another attempt: when that is due.</param>
public sealed record ChallengeRow(
    string ChallengeId, string Type, AcmeChallengeStatus Status, string Token, DateTimeOffset? ValidatedAt, string? Error, DateTimeOffset? NextAttemptAt)
{
    private static readonly TimeSpan AnAttempt = TimeSpan.FromSeconds(1);

    /// <summary>When a client should look again: past the next attempt, before which nothing changes (RFC 8555 8.2). Null when
    /// nothing is under way.</summary>
    public TimeSpan? PollAfter(DateTimeOffset now) =>
        Status != AcmeChallengeStatus.Processing ? null
        : NextAttemptAt > now ? NextAttemptAt - now + AnAttempt
        : AnAttempt;

    public Challenge View(AcmeUrls urls) => new(Type, urls.Challenge(ChallengeId), SnakeCase.ToText(Status), Token, ValidatedAt, Wire.Problem(Error));
}
