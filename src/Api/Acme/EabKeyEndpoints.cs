using System.Buffers.Text;
using System.Security.Cryptography;
using Certctl.Api.Access;
using Certctl.Api.Json;
using Certctl.Api.Paging;
using Certctl.Api.Problems;
using Certctl.Api.Writes;
using Certctl.Core.Domain;
using Certctl.Core.Domain.Acme;
using Certctl.Core.Issuance;
using Certctl.Core.Persistence;
using Certctl.Core.Pki;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Acme;

/// <summary>Keys for external account binding: an operator makes one and gives it to whoever may open an account.</summary>
internal static class EabKeyEndpoints
{
    private const int KeyLength = 32;

    private static readonly Sorting<AcmeEabKey> Sorts =
        new Sorting<AcmeEabKey>(k => k.KeyId, "created_at").By("created_at", k => k.CreatedAt).By("name", k => k.Name);

    public static void MapEabKeys(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/acme/eab-keys").WithTags("ACME");
        // What is kept for a repeated request would hold the MAC key, which nobody is to see twice.
        group.MapPost("/", CreateAsync).RequireAuthorization(Policies.Operator).WithoutIdempotency()
            .WithSummary("Create a key for external account binding; its MAC key is shown this once");
        group.MapGet("/", ListAsync).RequireAuthorization(Policies.Viewer).WithSummary("List keys for external account binding");
        group.MapGet("/{id}", GetAsync).RequireAuthorization(Policies.Viewer).WithSummary("Read a key for external account binding");
        group.MapDelete("/{id}", DeleteAsync).RequireAuthorization(Policies.Operator)
            .WithSummary("Revoke a key for external account binding: it opens no account any more, and those that it opened stay");
    }

    private static async Task<Results<Created<NewEabKeyView>, ProblemResult>> CreateAsync(
        CreateEabKey request, CertctlDbContext context, SecretBox secrets, AuditTrail audit, HttpContext http, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var errors = new FieldErrors();
        errors.Required("profile_id", request.ProfileId, Identifiers.MaxLength);
        errors.Required("name", request.Name, 255);
        errors.Check(request.ExpiresAt is null || request.ExpiresAt > now, "expires_at", "must lie in the future");
        var domains = errors.Domains("allowed_domains", errors.Texts("allowed_domains", new Given<string?[]>(request.AllowedDomains ?? []), []));
        await new References(context, errors).ProfileAsync(request.ProfileId, cancellationToken);
        if (errors.Problem is { } problem) return problem;

        var id = Identifiers.New("eab", time);
        var (hmacKey, sealedKey) = NewKey(id, secrets);
        var key = new AcmeEabKey
        {
            KeyId = id,
            ProfileId = request.ProfileId!,
            Name = request.Name!,
            EncryptedKey = sealedKey.Ciphertext,
            KeyEncryptionKeyId = sealedKey.KeyId,
            AllowedDomains = domains,
            Reusable = request.Reusable,
            ExpiresAt = request.ExpiresAt,
            CreatedBy = http.Caller().Actor,
            CreatedAt = now,
        };
        context.AcmeEabKeys.Add(key);
        audit.Record("eab_key_created", "eab_key", id, new { key.Name, key.ProfileId, key.AllowedDomains, key.Reusable, key.ExpiresAt });
        await context.SaveChangesAsync(cancellationToken);
        http.SetETag(key.RowVersion);
        return TypedResults.Created($"/api/v1/acme/eab-keys/{id}", NewEabKeyView.Of(key, hmacKey));
    }

    private static async Task<Ok<Page<EabKeyView>>> ListAsync([AsParameters] EabKeyQuery query, CertctlDbContext context, CancellationToken cancellationToken)
    {
        var page = await Sorts.PageAsync(query.Filter(context.AcmeEabKeys), query, k => k, cancellationToken);
        var ids = page.Data.Select(k => k.KeyId).ToArray();
        var accounts = await context.AcmeAccounts.Where(a => ids.Contains(a.EabKeyId!)).GroupBy(a => a.EabKeyId!)
            .Select(g => new { g.Key, Count = g.LongCount() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        return TypedResults.Ok(new Page<EabKeyView>([.. page.Data.Select(k => EabKeyView.Of(k, accounts.GetValueOrDefault(k.KeyId)))], page.NextCursor));
    }

    private static async Task<Results<Ok<EabKeyView>, ProblemResult>> GetAsync(
        string id, CertctlDbContext context, HttpContext http, CancellationToken cancellationToken)
    {
        if (await context.AcmeEabKeys.AsNoTracking().SingleOrDefaultAsync(k => k.KeyId == id, cancellationToken) is not { } key) return Problem.NotFound("EAB key", id);
        http.SetETag(key.RowVersion);
        return TypedResults.Ok(EabKeyView.Of(key, await context.AcmeAccounts.LongCountAsync(a => a.EabKeyId == id, cancellationToken)));
    }

    private static async Task<Results<NoContent, ProblemResult>> DeleteAsync(
        string id, CertctlDbContext context, AuditTrail audit, HttpContext http, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await context.LockAsync<AcmeEabKey>(id, cancellationToken) is not { } key) return Problem.NotFound("EAB key", id);
        if (!http.IfMatchHolds(key.RowVersion)) return Problem.PreconditionFailed();
        if (key.RevokedAt is not null) return TypedResults.NoContent();
        key.RevokedAt = time.GetUtcNow();
        audit.Record("eab_key_revoked", "eab_key", id, new { key.Name, key.ProfileId });
        return TypedResults.NoContent();
    }

    /// <summary>A MAC key in base64url, and sealed as it is stored.</summary>
    private static (string HmacKey, EncryptedSecret Sealed) NewKey(string keyId, SecretBox secrets)
    {
        var key = RandomNumberGenerator.GetBytes(KeyLength);
        var sealedKey = secrets.Seal(key, EabKeySeal.For(keyId));
        var text = Base64Url.EncodeToString(key);
        CryptographicOperations.ZeroMemory(key);
        return (text, sealedKey);
    }
}
