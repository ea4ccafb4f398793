using Certctl.AcmeService.Authorizations;
using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Protocol;
using Certctl.AcmeService.RateLimits;
using Certctl.Core.Domain;
using Certctl.Core.Domain.Acme;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Pki;
using Npgsql;

namespace Certctl.AcmeService.Orders;

/// <summary>Creates orders with their authorizations and challenges. In trust mode they are born valid and the order ready; in
/// challenge mode authorizations that the account has already are used again (RFC 8555 7.4.1). An account that was deactivated or
/// suspended since its nonce was redeemed gets none. Orders of accounts without limits that come together share a statement; those
/// of an account with limits take turns.</summary>
public sealed class OrderCreation(
    NpgsqlDataSource database, AuthorizationStore authorizations, OrderAdmission admission, RateLimitSettings limitSettings, AcmeSettings settings, Recent<OrderRow> recentOrders, TimeProvider time)
    : Gathering<NewOrderRow, bool>(TimeSpan.FromMilliseconds(1), size: 64, waiting: 1024, atOnce: 4, time)
{
    public async Task<AcmeAnswer> CreateAsync(OrderDraft draft, CancellationToken cancellationToken)
    {
        var request = draft.Request;
        var limits = draft.IsRenewalInTime ? AccountLimits.None : AccountLimits.Of(limitSettings, request.Profile, request.Limits);
        var order = await NewOrderAsync(draft, cancellationToken);
        var created = limits.LimitsOrders
            ? await admission.InTurnAsync(request.Account.Id, () => WriteAsync(order, limits, cancellationToken), cancellationToken)
            : await GatherAsync(order);
        if (!created) return await WhyNotAsync(draft, limits, cancellationToken);
        recentOrders.Add(order.Row.OrderId, order.AccountId, order.ProfileId, order.Row, weight: order.Row.Identifiers.Count);
        return order.Row.Answer(201, request.Urls, order.CreatedAt);
    }

    protected override async Task<IReadOnlyList<bool>> AnswerAsync(IReadOnlyList<NewOrderRow> items)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(OrderInsert.Of(items));
        var created = await OrderInsert.ExecuteAsync(batch, CancellationToken.None);
        return [.. items.Select(o => created.Contains(o.Row.OrderId))];
    }

    private async Task<bool> WriteAsync(NewOrderRow order, AccountLimits limits, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        OrderAdmission.AddLock(batch, order.AccountId);
        batch.BatchCommands.Add(OrderInsert.Admitted(order, limits));
        return (await OrderInsert.ExecuteAsync(batch, cancellationToken)).Count > 0;
    }

    private async Task<NewOrderRow> NewOrderAsync(OrderDraft draft, CancellationToken cancellationToken)
    {
        var request = draft.Request;
        var now = Time.GetUtcNow();
        var orderId = Identifiers.New("acme-ord", Time);
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

            var row = NewAuthorizationRow.For(name, request.Profile, orderId, now + settings.AuthorizationTtl, Time);
            added.Add(row);
            ids.Add(row.AuthzId);
        }

        var status = trusted || added.Count == 0 ? AcmeOrderStatus.Ready : AcmeOrderStatus.Pending;
        // An order does not outlive what it counts on: what is proven later stands no shorter than what is pending now.
        var expiresAt = known.Values.Select(k => k.ExpiresAt).Append(now + settings.OrderTtl).Append(added.Count > 0 ? now + settings.AuthorizationTtl : DateTimeOffset.MaxValue).Min();
        return new NewOrderRow(
            new OrderRow(orderId, status, expiresAt, [.. draft.Names.Select(IdentifierRules.IdentifierOf)], ids, draft.NotBefore, draft.NotAfter, draft.Variant, draft.Replaces, null, null, null,
                SerialNumber.Random().ToString()),
            request.Account.Id, request.Profile.Id, trusted, added, now);
    }

    private async Task<AcmeAnswer> WhyNotAsync(OrderDraft draft, AccountLimits limits, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("""
            SELECT status, EXISTS (SELECT 1 FROM acme_orders WHERE replaces = $2 AND NOT is_invalid) FROM acme_accounts WHERE account_id = $1
            """, connection);
        command.Parameters.Text(draft.Request.Account.Id).Text(draft.Replaces);
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            if (await reader.ReadAsync(cancellationToken))
            {
                if (reader.GetString(0) is var status and not "valid") return Problems.Unauthorized($"The account is {status}.");
                if (reader.GetBoolean(1)) return Problems.AlreadyReplaced("Another order replaces this certificate already.");
            }

        return await admission.WhyAsync(connection, draft.Request.Account.Id, limits, draft.Request.Urls, cancellationToken);
    }
}

/// <summary>An order about to be written.</summary>
/// <param name="IsTrusted">Its authorizations are born valid.</param>
/// <param name="Added">Authorizations of its own; others it shares with earlier orders.</param>
public sealed record NewOrderRow(
    OrderRow Row, string AccountId, string ProfileId, bool IsTrusted, IReadOnlyList<NewAuthorizationRow> Added, DateTimeOffset CreatedAt);
