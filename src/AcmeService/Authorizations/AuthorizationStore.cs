using Certctl.AcmeService.Orders;
using Certctl.Core.Domain.Names;
using Npgsql;

namespace Certctl.AcmeService.Authorizations;

/// <summary>Reads and writes authorizations and their challenges: only their own account's, only at their own profile.</summary>
public sealed class AuthorizationStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>A valid authorization is used again while it stands for at least this long.</summary>
    private static readonly TimeSpan Reuse = TimeSpan.FromHours(1);

    /// <summary>SQL over <c>acme_authorizations</c>: somebody looked outside and found the proof. What trust mode calls valid was
    /// never looked at, and counts for its own order only.</summary>
    public const string Proven =
        "EXISTS (SELECT 1 FROM acme_challenges c WHERE c.authz_id = acme_authorizations.authz_id AND c.status = 'valid' AND c.attempts > 0)";

    public async Task<AuthorizationRow?> FindAsync(string authzId, string accountId, string profileId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            SELECT {AuthorizationRow.Columns} FROM acme_authorizations a JOIN acme_challenges c ON c.authz_id = a.authz_id
            WHERE a.authz_id = $1 AND a.account_id = $2 AND a.profile_id = $3 ORDER BY c.challenge_id
            """);
        command.Parameters.Text(authzId).Text(accountId).Text(profileId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await AuthorizationRow.ReadAsync(reader, cancellationToken);
    }

    /// <summary>The authorization that a challenge is of.</summary>
    public async Task<AuthorizationRow?> FindByChallengeAsync(string challengeId, string accountId, string profileId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            SELECT {AuthorizationRow.Columns} FROM acme_authorizations a JOIN acme_challenges c ON c.authz_id = a.authz_id
            WHERE a.authz_id = (SELECT authz_id FROM acme_challenges WHERE challenge_id = $1) AND a.account_id = $2 AND a.profile_id = $3
            ORDER BY c.challenge_id
            """);
        command.Parameters.Text(challengeId).Text(accountId).Text(profileId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await AuthorizationRow.ReadAsync(reader, cancellationToken);
    }

    /// <summary>Valid authorizations that the account has for these names, for an hour or longer, and until when.</summary>
    public async Task<Dictionary<SubjectAltName, (string AuthzId, DateTimeOffset ExpiresAt)>> FindValidAsync(
        string accountId, string profileId, IReadOnlyList<SubjectAltName> names, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            SELECT authz_id, identifier_type, identifier_value, wildcard, expires_at FROM acme_authorizations
            WHERE account_id = $1 AND profile_id = $2 AND status = 'valid' AND identifier_value = ANY($3) AND expires_at > $4 AND {Proven}
            ORDER BY expires_at
            """);
        command.Parameters.Text(accountId).Text(profileId).Texts(names.Select(n => IdentifierRules.IsWildcard(n) ? n.Value[2..] : n.Value)).Time(time.GetUtcNow() + Reuse);
        var found = new Dictionary<(string, string, bool), (string, DateTimeOffset)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) found[(reader.GetString(1), reader.GetString(2), reader.GetBoolean(3))] = (reader.GetString(0), reader.TimeOf(4));
        var known = new Dictionary<SubjectAltName, (string, DateTimeOffset)>();
        foreach (var name in names)
        {
            var wildcard = IdentifierRules.IsWildcard(name);
            if (found.TryGetValue((IdentifierRules.IdentifierOf(name).Type, wildcard ? name.Value[2..] : name.Value, wildcard), out var id)) known[name] = id;
        }

        return known;
    }

    /// <summary>Writes an authorization that no order asked for (RFC 8555 7.4.1), with its challenges.</summary>
    /// <param name="trusted">Born valid.</param>
    public async Task AddAsync(string accountId, string profileId, NewAuthorizationRow row, bool trusted, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            WITH added AS (
                INSERT INTO acme_authorizations (authz_id, account_id, profile_id, identifier_type, identifier_value, wildcard, status,
                    expires_at, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
            )
            INSERT INTO acme_challenges (challenge_id, authz_id, type, token, status, validated_at, attempts, created_at)
            SELECT r.id, $1, r.type, r.token, $7, CASE $7 WHEN 'valid' THEN $9 END, 0, $9 FROM unnest($10, $11, $12) AS r (id, type, token)
            """);
        command.Parameters.Text(row.AuthzId).Text(accountId).Text(profileId).Text(IdentifierRules.IdentifierOf(row.Name).Type).Text(row.Value)
            .Flag(row.Wildcard).Text(trusted ? "valid" : "pending").Time(row.ExpiresAt).Time(now)
            .Texts(row.Challenges.Select(c => c.ChallengeId)).Texts(row.Challenges.Select(c => c.Type)).Texts(row.Challenges.Select(c => c.Token));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Gives an authorization up (RFC 8555 7.5.2); orders that count on it and are not on their way to the CA become invalid.
    /// Orders are locked first and by id, as everywhere: validation, which holds the order and wants the authorization, cannot
    /// deadlock with it.</summary>
    public async Task DeactivateAsync(string authzId, string accountId, string orderError, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            WITH counting AS (
                SELECT order_id FROM acme_orders WHERE account_id = $2 AND is_open AND status IN ('pending', 'ready') AND $1 = ANY(authorization_ids)
                ORDER BY order_id FOR UPDATE
            ), gone AS (
                UPDATE acme_authorizations SET status = 'deactivated', updated_at = $4
                WHERE authz_id = $1 AND account_id = $2 AND status IN ('pending', 'valid') AND (SELECT count(*) FROM counting) >= 0 RETURNING authz_id
            ), orders AS (
                UPDATE acme_orders o SET status = 'invalid', error = $3, updated_at = $4
                FROM counting c WHERE o.order_id = c.order_id AND EXISTS (SELECT 1 FROM gone)
            )
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            SELECT 'acme:' || $2, 'acme_account', 'acme_authorization_deactivated', 'acme_authorization', authz_id, '{}', $4 FROM gone
            """);
        command.Parameters.Text(authzId).Text(accountId).Json(orderError).Time(time.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
