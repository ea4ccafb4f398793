using Certctl.AcmeService.Authorizations;
using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Protocol;
using Certctl.AcmeService.RateLimits;
using Certctl.Core.Domain;
using Certctl.Core.Domain.Acme;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Persistence;
using Npgsql;

namespace Certctl.AcmeService.Orders;

/// <summary>Writes an order with its authorizations and challenges in one statement. In trust mode they are born valid and the
/// order ready; in challenge mode authorizations that the account has already are used again (RFC 8555 7.4.1). An account that was
/// deactivated or suspended since its nonce was redeemed gets none.</summary>
public sealed class OrderCreation(
    NpgsqlDataSource database, AuthorizationStore authorizations, OrderAdmission admission, RateLimitSettings limitSettings, AcmeSettings settings, TimeProvider time)
{
    private static readonly string Unlimited = Insert("", "");
    private static readonly string Limited = Insert(OrderAdmission.Sql, "FROM admitted");

    public Task<AcmeAnswer> CreateAsync(OrderDraft draft, CancellationToken cancellationToken)
    {
        var limits = draft.IsRenewalInTime ? AccountLimits.None : AccountLimits.Of(limitSettings, draft.Request.Profile, draft.Request.Limits);
        return limits.LimitsOrders
            ? admission.InTurnAsync(draft.Request.Account.Id, () => CreateAsync(draft, limits, cancellationToken), cancellationToken)
            : CreateAsync(draft, limits, cancellationToken);
    }

    private async Task<AcmeAnswer> CreateAsync(OrderDraft draft, AccountLimits limits, CancellationToken cancellationToken)
    {
        var request = draft.Request;
        var now = time.GetUtcNow();
        var orderId = Identifiers.New("acme-ord", time);
        var trusted = request.Profile.AcmeAuthMode == AcmeAuthModes.TrustAuthenticated;
        var known = trusted ? [] : await authorizations.FindValidAsync(request.Account.Id, request.Profile.Id, draft.Names, cancellationToken);
        var added = new List<NewAuthorizationRow>();
        var ids = new List<string>(draft.Names.Count);
        foreach (var name in draft.Names)
        {
            if (known.TryGetValue(name, out var valid))
            {
                ids.Add(valid.AuthzId);
                continue;
            }

            var row = NewAuthorizationRow.For(name, request.Profile, orderId, now + settings.AuthorizationTtl, time);
            added.Add(row);
            ids.Add(row.AuthzId);
        }

        var status = trusted || added.Count == 0 ? AcmeOrderStatus.Ready : AcmeOrderStatus.Pending;
        // An order does not outlive what it counts on: what is proven later stands no shorter than what is pending now.
        var expiresAt = known.Values.Select(k => k.ExpiresAt).Append(now + settings.OrderTtl).Append(added.Count > 0 ? now + settings.AuthorizationTtl : DateTimeOffset.MaxValue).Min();
        var identifiers = draft.Names.Select(IdentifierRules.IdentifierOf).ToList();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        if (limits.LimitsOrders) OrderAdmission.AddLock(batch, request.Account.Id);
        var insert = new NpgsqlBatchCommand(limits.LimitsOrders ? Limited : Unlimited);
        insert.Parameters.Text(orderId).Text(request.Account.Id).Text(request.Profile.Id).Json(Wire.Text(identifiers)).Texts(ids)
            .Text(SnakeCase.ToText(status)).Time(expiresAt).Time(draft.NotBefore).Time(draft.NotAfter).Text(draft.Variant).Text(draft.Replaces).Time(now);
        if (limits.LimitsOrders) OrderAdmission.AddParameters(insert.Parameters, request.Account.Id, limits);
        batch.BatchCommands.Add(insert);
        if (added.Count > 0) AuthorizationStore.AddInserts(batch, request.Account.Id, request.Profile.Id, added, trusted, now);
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException e) when (e is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "ix_acme_orders_replaces" })
        {
            return Problems.AlreadyReplaced("Another order replaces this certificate already.");
        }

        if (insert.RecordsAffected == 0) return await WhyAsync(connection, request, limits, cancellationToken);
        return new OrderRow(orderId, status, expiresAt, identifiers, ids, draft.NotBefore, draft.NotAfter, draft.Variant, draft.Replaces, null, null)
            .Answer(201, request.Urls, now);
    }

    private async Task<AcmeAnswer> WhyAsync(NpgsqlConnection connection, SignedRequest request, AccountLimits limits, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT status FROM acme_accounts WHERE account_id = $1", connection);
        command.Parameters.Text(request.Account.Id);
        return await command.ExecuteScalarAsync(cancellationToken) is string status and not "valid"
            ? Problems.Unauthorized($"The account is {status}.")
            : await admission.WhyAsync(connection, request.Account.Id, limits, request.Urls, cancellationToken);
    }

    /// <summary>Affects one row, the audit's, when the order is created.</summary>
    private static string Insert(string before, string from) => $"""
        WITH {before} created AS (
            INSERT INTO acme_orders (order_id, account_id, profile_id, identifiers, authorization_ids, status, expires_at, not_before, not_after,
                variant, replaces, created_at, updated_at)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12 {from}
            WHERE EXISTS (SELECT 1 FROM acme_accounts WHERE account_id = $2 AND status = 'valid')
            RETURNING order_id
        )
        INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
        SELECT 'acme:' || $2, 'acme_account', 'acme_order_created', 'acme_order', order_id,
            jsonb_strip_nulls(jsonb_build_object('profile_id', $3, 'identifiers', $4, 'replaces', $11, 'variant', $10)), $12
        FROM created
        """;
}
