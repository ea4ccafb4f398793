using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Protocol;
using Certctl.AcmeService.RateLimits;
using Certctl.Core.Domain;
using Npgsql;

namespace Certctl.AcmeService.Accounts;

/// <summary>newAccount (RFC 8555 7.3): opens an account, or finds the one that has the key.</summary>
public sealed class NewAccountResource(
    NpgsqlDataSource database, ExternalAccounts externalAccounts, AccountView view, RateLimiter limiter, RateLimitSettings limits, AcmeSettings settings, TimeProvider time)
{
    public static void Map(AcmeRoutes routes) =>
        routes.Post<NewAccountResource>("new_account", "/new-account", KeyUse.Jwk, PayloadUse.Json, (resource, request, token) => resource.PostAsync(request, token));

    private async Task<AcmeAnswer> PostAsync(SignedRequest request, CancellationToken cancellationToken)
    {
        if (Wire.Read<NewAccount>(request.Payload, out var payload) is { } unreadable) return unreadable;
        if (await FindAsync(request, cancellationToken) is { } existing)
        {
            AcmeCounters.NewAccountIdempotent.Add(1);
            return existing;
        }

        if (payload.OnlyReturnExisting) return Problems.AccountDoesNotExist("No account has this key.");
        var contact = payload.Contact ?? [];
        if (ContactRules.Problem(contact) is { } refused) return refused;
        if (settings.TermsOfService is not null && !payload.TermsOfServiceAgreed)
            return Problems.UserActionRequired("The terms of service must be agreed to.", settings.TermsOfService);
        var (eabKeyId, eabProblem) = await externalAccounts.CheckAsync(request, payload.ExternalAccountBinding, cancellationToken);
        if (eabProblem is not null) return eabProblem;
        if (limits.NewAccountsPerAddressPerHour is > 0 and var perHour
            && await limiter.RefuseAsync(Bucket.NewAccounts(request.Address, perHour), "new accounts from this address", request.Urls, cancellationToken) is { } limited)
            return limited;
        return await CreateAsync(request, payload, contact, eabKeyId, cancellationToken)
            ?? await FindAsync(request, cancellationToken)
            ?? Problems.Unauthorized("The external account binding was used meanwhile.");
    }

    /// <summary>The account of this key, whatever else the request says (RFC 8555 7.3.1).</summary>
    private async Task<AcmeAnswer?> FindAsync(SignedRequest request, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT account_id FROM acme_accounts WHERE profile_id = $1 AND jwk_thumbprint = $2");
        command.Parameters.Text(request.Profile.Id).Text(request.Key.Thumbprint);
        return await command.ExecuteScalarAsync(cancellationToken) is string id
            ? await view.AnswerAsync(200, request.Urls, id, cancellationToken, withLocation: true)
            : null;
    }

    /// <summary>Of any number of requests with one key, one creates the account; of any number with one external account that is
    /// good for one, likewise. Null when another was first.</summary>
    private async Task<AcmeAnswer?> CreateAsync(
        SignedRequest request, NewAccount payload, IReadOnlyList<string> contact, string? eabKeyId, CancellationToken cancellationToken)
    {
        var id = Identifiers.New("acme-acc", time);
        await using var command = database.CreateCommand("""
            WITH eab AS (
                UPDATE acme_eab_keys SET last_used_at = $6
                WHERE key_id = $7 AND revoked_at IS NULL AND (reusable OR last_used_at IS NULL)
                    AND NOT EXISTS (SELECT 1 FROM acme_accounts WHERE profile_id = $2 AND jwk_thumbprint = $3)
                RETURNING key_id
            ), account AS (
                INSERT INTO acme_accounts (account_id, profile_id, jwk_thumbprint, jwk, contact, status, terms_agreed_at, eab_key_id, external_account_binding, limits, created_at, updated_at)
                SELECT $1, $2, $3, $4, $5, 'valid', CASE WHEN $8 THEN $6 END, $7, $9, '{}', $6, $6
                WHERE $7 IS NULL OR EXISTS (SELECT 1 FROM eab)
                ON CONFLICT (profile_id, jwk_thumbprint) DO NOTHING
                RETURNING account_id
            )
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            SELECT 'acme:' || account_id, 'acme_account', 'acme_account_created', 'acme_account', account_id,
                jsonb_strip_nulls(jsonb_build_object('profile_id', $2, 'jwk_thumbprint', $3, 'eab_key_id', $7, 'terms_agreed', $8)), $6
            FROM account
            """);
        command.Parameters.Text(id).Text(request.Profile.Id).Text(request.Key.Thumbprint).Text(request.Key.Json).Texts(contact)
            .Time(time.GetUtcNow()).Text(eabKeyId).Flag(payload.TermsOfServiceAgreed)
            .Json(eabKeyId is null ? null : payload.ExternalAccountBinding!.Value.GetRawText());
        return await command.ExecuteNonQueryAsync(cancellationToken) == 0
            ? null
            : await view.AnswerAsync(201, request.Urls, id, cancellationToken, withLocation: true);
    }
}
