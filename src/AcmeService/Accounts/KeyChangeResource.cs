using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Protocol;
using Certctl.AcmeService.RateLimits;
using Npgsql;

namespace Certctl.AcmeService.Accounts;

/// <summary>keyChange (RFC 8555 7.3.5): the account gets another key; both sign.</summary>
public sealed class KeyChangeResource(NpgsqlDataSource database, AccountView view, RateLimiter limiter, RateLimitSettings limits, TimeProvider time)
{
    public static void Map(AcmeRoutes routes) =>
        routes.Post<KeyChangeResource>("key_change", "/key-change", KeyUse.Kid, PayloadUse.Json, (resource, request, token) => resource.PostAsync(request, token));

    private async Task<AcmeAnswer> PostAsync(SignedRequest request, CancellationToken cancellationToken)
    {
        var (change, problem) = KeyChangeReader.Read(request.Payload, request.Jws.Url);
        if (change is null) return problem!;
        if (change.Account != request.Jws.KeyId) return Problems.Malformed("The account of the inner payload is not the kid of the outer header.");
        if (change.OldKeyThumbprint != request.Key.Thumbprint) return Problems.Malformed("oldKey is not the account's key.");
        if (AccountLimits.Of(limits, request.Profile, request.Limits).KeyChangesPerHour is > 0 and var perHour
            && await limiter.RefuseAsync(Bucket.KeyChanges(request.Account.Id, perHour), "key changes of this account", request.Urls, cancellationToken) is { } limited)
            return limited;
        if (await OwnerOfAsync(request, change.NewKey, cancellationToken) is { } owner) return Taken(request, owner);
        try
        {
            return await ChangeAsync(request, change.NewKey, cancellationToken)
                ? await view.AnswerAsync(200, request.Urls, request.Account.Id, cancellationToken)
                : Problems.Unauthorized("The key of this account was changed meanwhile.", 409);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return Taken(request, await OwnerOfAsync(request, change.NewKey, cancellationToken));
        }
    }

    private static AcmeProblem Taken(SignedRequest request, string? owner) =>
        Problems.Unauthorized("Another account has the new key already; Location names it.", 409) with
        {
            Location = owner is null ? null : request.Urls.Account(owner),
        };

    private async Task<string?> OwnerOfAsync(SignedRequest request, Jwk key, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT account_id FROM acme_accounts WHERE profile_id = $1 AND jwk_thumbprint = $2");
        command.Parameters.Text(request.Profile.Id).Text(key.Thumbprint);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    /// <summary>One of several that change the same old key wins.</summary>
    private async Task<bool> ChangeAsync(SignedRequest request, Jwk key, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            WITH changed AS (
                UPDATE acme_accounts SET jwk = $3, jwk_thumbprint = $4, updated_at = $5
                WHERE account_id = $1 AND jwk_thumbprint = $2 AND status = 'valid' RETURNING account_id
            )
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            SELECT 'acme:' || account_id, 'acme_account', 'acme_account_key_rolled', 'acme_account', account_id,
                jsonb_build_object('old_jwk_thumbprint', $2, 'jwk_thumbprint', $4), $5
            FROM changed
            """);
        command.Parameters.Text(request.Account.Id).Text(request.Key.Thumbprint).Text(key.Json).Text(key.Thumbprint).Time(time.GetUtcNow());
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }
}
