using Certctl.AcmeService.Protocol;
using Certctl.AcmeService.RateLimits;
using Npgsql;

namespace Certctl.AcmeService.Orders;

/// <summary>The statement that writes orders, their authorizations and challenges and the audit, all or, of each order, nothing:
/// not for an account that is no longer valid, not for a certificate that another order replaces (RFC 9773 5). Statements that wait for
/// each other over that do so in one order. The arrays hide behind subqueries, so that one plan serves every length.</summary>
internal static class OrderInsert
{
    private static readonly string Plain = Sql("", "");
    private static readonly string Limited = Sql(OrderAdmission.Sql, "CROSS JOIN admitted");

    public static NpgsqlBatchCommand Of(IReadOnlyList<NewOrderRow> orders) => Command(Plain, orders);

    /// <summary>For an account with limits, whose lock the batch has taken before.</summary>
    public static NpgsqlBatchCommand Admitted(NewOrderRow order, AccountLimits limits)
    {
        var command = Command(Limited, [order]);
        OrderAdmission.AddParameters(command.Parameters, order.AccountId, limits);
        return command;
    }

    /// <returns>The orders that were written.</returns>
    public static async Task<HashSet<string>> ExecuteAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        var created = new HashSet<string>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) created.Add(reader.GetString(0));
        return created;
    }

    private static NpgsqlBatchCommand Command(string sql, IReadOnlyList<NewOrderRow> orders)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Texts(orders.Select(o => o.Row.OrderId)).Texts(orders.Select(o => o.AccountId)).Texts(orders.Select(o => o.ProfileId))
            .Texts(orders.Select(o => Wire.Text(o.Row.Identifiers))).Texts(orders.Select(o => Wire.Text(o.Row.AuthorizationIds)))
            .Texts(orders.Select(o => SnakeCase.ToText(o.Row.Status))).Times(orders.Select(o => (DateTimeOffset?)o.Row.ExpiresAt))
            .Times(orders.Select(o => o.Row.NotBefore)).Times(orders.Select(o => o.Row.NotAfter)).Texts(orders.Select(o => o.Row.Variant))
            .Texts(orders.Select(o => o.Row.Replaces)).Texts(orders.Select(o => o.Row.SerialNumber)).Time(orders[0].CreatedAt);
        var added = orders.SelectMany(o => o.Added.Select(a => (Order: o, Authorization: a))).ToList();
        command.Parameters.Texts(added.Select(a => a.Authorization.AuthzId)).Texts(added.Select(a => a.Order.Row.OrderId))
            .Texts(added.Select(a => IdentifierRules.IdentifierOf(a.Authorization.Name).Type)).Texts(added.Select(a => a.Authorization.Value))
            .Flags(added.Select(a => a.Authorization.Wildcard)).Texts(added.Select(a => a.Order.IsTrusted ? "valid" : "pending"))
            .Times(added.Select(a => (DateTimeOffset?)a.Authorization.ExpiresAt));
        var challenges = added.SelectMany(a => a.Authorization.Challenges.Select(c => (a.Order, a.Authorization.AuthzId, Challenge: c))).ToList();
        command.Parameters.Texts(challenges.Select(c => c.Challenge.ChallengeId)).Texts(challenges.Select(c => c.AuthzId))
            .Texts(challenges.Select(c => c.Order.Row.OrderId)).Texts(challenges.Select(c => c.Challenge.Type))
            .Texts(challenges.Select(c => c.Challenge.Token)).Texts(challenges.Select(c => c.Order.IsTrusted ? "valid" : "pending"));
        return command;
    }

    private static string Sql(string before, string from) => $"""
        WITH {before} created AS (
            INSERT INTO acme_orders (order_id, account_id, profile_id, identifiers, authorization_ids, status, expires_at, not_before, not_after,
                variant, replaces, serial_number, created_at, updated_at)
            SELECT g.order_id, g.account_id, g.profile_id, g.identifiers::jsonb, ARRAY(SELECT jsonb_array_elements_text(g.authorization_ids::jsonb)),
                g.status, g.expires_at, g.not_before, g.not_after, g.variant, g.replaces, g.serial_number, $13, $13
            FROM unnest((SELECT $1), (SELECT $2), (SELECT $3), (SELECT $4), (SELECT $5), (SELECT $6), (SELECT $7), (SELECT $8), (SELECT $9),
                (SELECT $10), (SELECT $11), (SELECT $12)) AS g (order_id, account_id, profile_id, identifiers, authorization_ids, status, expires_at,
                    not_before, not_after, variant, replaces, serial_number)
            JOIN acme_accounts a ON a.account_id = g.account_id AND a.status = 'valid' {from}
            ORDER BY g.replaces
            ON CONFLICT (replaces) WHERE replaces IS NOT NULL AND NOT is_invalid DO NOTHING
            RETURNING order_id, account_id, profile_id, identifiers, variant, replaces
        ), authorizations AS (
            INSERT INTO acme_authorizations (authz_id, account_id, profile_id, order_id, identifier_type, identifier_value, wildcard, status,
                expires_at, created_at, updated_at)
            SELECT n.id, c.account_id, c.profile_id, c.order_id, n.type, n.value, n.wildcard, n.status, n.expires_at, $13, $13
            FROM unnest((SELECT $14), (SELECT $15), (SELECT $16), (SELECT $17), (SELECT $18), (SELECT $19), (SELECT $20))
                AS n (id, order_id, type, value, wildcard, status, expires_at)
            JOIN created c ON c.order_id = n.order_id
        ), challenges AS (
            INSERT INTO acme_challenges (challenge_id, authz_id, type, token, status, validated_at, attempts, created_at)
            SELECT n.id, n.authz_id, n.type, n.token, n.status, CASE n.status WHEN 'valid' THEN $13 END, 0, $13
            FROM unnest((SELECT $21), (SELECT $22), (SELECT $23), (SELECT $24), (SELECT $25), (SELECT $26))
                AS n (id, authz_id, order_id, type, token, status)
            JOIN created c ON c.order_id = n.order_id
        ), audited AS (
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            SELECT 'acme:' || account_id, 'acme_account', 'acme_order_created', 'acme_order', order_id,
                jsonb_strip_nulls(jsonb_build_object('profile_id', profile_id, 'identifiers', identifiers, 'replaces', replaces, 'variant', variant)), $13
            FROM created
        )
        SELECT order_id FROM created
        """;
}
