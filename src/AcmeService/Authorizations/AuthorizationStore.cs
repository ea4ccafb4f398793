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

    /// <summary>Adds the statements that write authorizations with their challenges. Those of an order follow it: the batch creates
    /// it, or a limit refuses it.</summary>
    /// <param name="trusted">Born valid.</param>
    public static void AddInserts(
        NpgsqlBatch batch, string accountId, string profileId, IReadOnlyList<NewAuthorizationRow> rows, bool trusted, DateTimeOffset now)
    {
        var ofOrder = rows[0].OrderId is not null;
        var authorizations = new NpgsqlBatchCommand($"""
            INSERT INTO acme_authorizations (authz_id, account_id, profile_id, order_id, identifier_type, identifier_value, wildcard, status,
                expires_at, created_at, updated_at)
            SELECT r.id, $1, $2, $3, r.type, r.value, r.wildcard, $4, $5, $6, $6 FROM unnest($7, $8, $9, $10) AS r (id, type, value, wildcard)
            {(ofOrder ? "WHERE EXISTS (SELECT 1 FROM acme_orders WHERE order_id = $3)" : "")}
            """);
        authorizations.Parameters.Text(accountId).Text(profileId).Text(rows[0].OrderId).Text(trusted ? "valid" : "pending").Time(rows[0].ExpiresAt).Time(now)
            .Texts(rows.Select(r => r.AuthzId)).Texts(rows.Select(r => IdentifierRules.IdentifierOf(r.Name).Type)).Texts(rows.Select(r => r.Value))
            .Flags(rows.Select(r => r.Wildcard));
        batch.BatchCommands.Add(authorizations);
        var challenges = new NpgsqlBatchCommand($"""
            INSERT INTO acme_challenges (challenge_id, authz_id, type, token, status, validated_at, attempts, created_at)
            SELECT r.id, r.authz, r.type, r.token, $1, $2, 0, $3 FROM unnest($4, $5, $6, $7) AS r (id, authz, type, token)
            {(ofOrder ? "WHERE EXISTS (SELECT 1 FROM acme_orders WHERE order_id = $8)" : "")}
            """);
        var all = rows.SelectMany(r => r.Challenges.Select(c => (r.AuthzId, Challenge: c))).ToList();
        challenges.Parameters.Text(trusted ? "valid" : "pending").Time(trusted ? now : null).Time(now)
            .Texts(all.Select(c => c.Challenge.ChallengeId)).Texts(all.Select(c => c.AuthzId))
            .Texts(all.Select(c => c.Challenge.Type)).Texts(all.Select(c => c.Challenge.Token));
        if (ofOrder) challenges.Parameters.Text(rows[0].OrderId);
        batch.BatchCommands.Add(challenges);
    }

    /// <summary>Gives an authorization up (RFC 8555 7.5.2); orders that count on it and are not on their way to the CA become invalid.
    /// Orders are locked first and by id, as everywhere: validation, which holds the order and wants the authorization, cannot
    /// deadlock with it.</summary>
    public async Task DeactivateAsync(string authzId, string accountId, string orderError, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            WITH counting AS (
                SELECT order_id FROM acme_orders WHERE account_id = $2 AND status IN ('pending', 'ready') AND $1 = ANY(authorization_ids)
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
