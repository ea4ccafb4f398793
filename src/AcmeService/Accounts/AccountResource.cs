using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Protocol;
using Npgsql;

namespace Certctl.AcmeService.Accounts;

/// <summary>An account (RFC 8555 7.3.2, 7.3.6): read, change contacts, deactivate.</summary>
public sealed class AccountResource(NpgsqlDataSource database, AccountView view, TimeProvider time)
{
    public static void Map(AcmeRoutes routes) =>
        routes.Post<AccountResource>("update_account", "/account/{id}", KeyUse.Kid, PayloadUse.Any, (resource, request, token) => resource.PostAsync(request, token));

    private async Task<AcmeAnswer> PostAsync(SignedRequest request, CancellationToken cancellationToken)
    {
        if (request.Id != request.Account.Id) return Problems.Unauthorized("An account reads and changes itself only.");
        if (request.Jws.IsPostAsGet) return await view.AnswerAsync(200, request.Urls, request.Id, cancellationToken);
        if (Wire.Read<AccountUpdate>(request.Payload, out var update) is { } unreadable) return unreadable;
        if (update.Contact is not null && ContactRules.Problem(update.Contact) is { } refused) return refused;
        if (update.Contact is not null) await ChangeContactAsync(request, update.Contact, cancellationToken);
        // RFC 8555 7.3.2: any other status is ignored.
        if (update.Status == "deactivated") await DeactivateAsync(request, cancellationToken);
        return await view.AnswerAsync(200, request.Urls, request.Id, cancellationToken);
    }

    private async Task ChangeContactAsync(SignedRequest request, IReadOnlyList<string> contact, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            WITH changed AS (
                UPDATE acme_accounts SET contact = $2, updated_at = $3 WHERE account_id = $1 AND status = 'valid' AND contact <> $2 RETURNING account_id
            )
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            SELECT 'acme:' || account_id, 'acme_account', 'acme_account_updated', 'acme_account', account_id, jsonb_build_object('contacts', cardinality($2)), $3
            FROM changed
            """);
        command.Parameters.Text(request.Id).Texts(contact).Time(time.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Its orders that are not on their way to the CA yet become invalid, its authorizations deactivated. Orders are locked
    /// by id and before authorizations, as everywhere.</summary>
    private async Task DeactivateAsync(SignedRequest request, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            WITH account AS (
                UPDATE acme_accounts SET status = 'deactivated', updated_at = $2 WHERE account_id = $1 AND status = 'valid' RETURNING account_id
            ), open AS (
                SELECT order_id FROM acme_orders WHERE account_id = (SELECT account_id FROM account) AND is_open AND status IN ('pending', 'ready')
                ORDER BY order_id FOR UPDATE
            ), orders AS (
                UPDATE acme_orders o SET status = 'invalid', error = $3, updated_at = $2 FROM open WHERE o.order_id = open.order_id RETURNING o.order_id
            ), authorizations AS (
                UPDATE acme_authorizations SET status = 'deactivated', updated_at = $2
                WHERE account_id = (SELECT account_id FROM account) AND status IN ('pending', 'valid') AND (SELECT count(*) FROM orders) >= 0 RETURNING authz_id
            )
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            SELECT 'acme:' || account_id, 'acme_account', 'acme_account_deactivated', 'acme_account', account_id,
                jsonb_build_object('orders', (SELECT count(*) FROM orders), 'authorizations', (SELECT count(*) FROM authorizations)), $2
            FROM account
            """);
        command.Parameters.Text(request.Id).Time(time.GetUtcNow()).Json(Wire.Text(Problems.Unauthorized("The account was deactivated.", 403)));
        if (await command.ExecuteNonQueryAsync(cancellationToken) > 0) AcmeCounters.DeactivateAccount.Add(1);
    }
}
