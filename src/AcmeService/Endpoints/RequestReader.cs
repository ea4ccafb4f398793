using System.Buffers;
using Certctl.AcmeService.Accounts;
using Certctl.AcmeService.Nonces;
using Certctl.AcmeService.Protocol;
using Certctl.Core.Domain.Acme;
using Certctl.Core.Domain.Profiles;

namespace Certctl.AcmeService.Endpoints;

/// <summary>
/// Reads signed requests, by the checks of RFC 8555 6.2 to 6.5 in this order: media type, size, JWS shape, algorithm, header
/// rules, url, nonce authentic and in time (no I/O up to here), account and key, signature, redemption, payload rule. An
/// authentic nonce that was shown is spent whatever else is wrong (6.5); a made-up one costs no I/O.
/// </summary>
public sealed class RequestReader(NonceMint nonces, NonceRedemption redemption, AccountDirectory accounts)
{
    /// <summary>Largest request in bytes.</summary>
    public const int MaxBodySize = 64 * 1024;

    public const string MediaType = "application/jose+json";

    /// <summary>The request, or what is wrong with it.</summary>
    /// <param name="url">The URL that it came to, as its protected header must have it.</param>
    public async Task<(SignedRequest? Request, AcmeProblem? Problem)> ReadAsync(
        HttpContext http, AcmeUrls urls, string url, CertificateProfile profile, string id, KeyUse keyUse, PayloadUse payloadUse)
    {
        if (!IsJose(http.Request.ContentType)) return (null, Problems.Malformed($"Send the request as {MediaType}.", 415));
        if (await ReadBodyAsync(http) is not { } body) return (null, Problems.Malformed($"A request may have at most {MaxBodySize} bytes.", 413));
        var reading = JwsReader.Read(body);
        var nonceIsAuthentic = nonces.IsAuthentic(reading.Nonce ?? "", out var nonce);
        if ((reading.Problem ?? HeaderProblem(reading.Jws!, url, keyUse)) is { } refusal)
        {
            if (nonceIsAuthentic) await redemption.RedeemAsync(nonce, null);
            return (null, refusal);
        }

        if (!nonceIsAuthentic) return (null, Problems.BadNonce());
        var jws = reading.Jws!;
        var (signer, limits, problem) = jws.Jwk is null
            ? await ByAccountAsync(jws, urls, profile, nonce)
            : (null, AccountState.NoLimits, await ByKeyAsync(jws, nonce));
        problem ??= PayloadProblem(jws, payloadUse);
        return problem is null
            ? (new SignedRequest(urls, profile, id, jws, signer, jws.Jwk ?? signer!.Key, limits, http.Connection.RemoteIpAddress), null)
            : (null, problem);
    }

    private async Task<AcmeProblem?> ByKeyAsync(Jws jws, Guid nonce)
    {
        var key = jws.Jwk!;
        var refusal = jws.AlgorithmProblem(key) ?? SignatureProblem(jws.Verify(key.Key));
        return (await redemption.RedeemAsync(nonce, null)).IsFresh ? refusal : Problems.BadNonce();
    }

    private async Task<(AccountEntry?, AcmeLimits, AcmeProblem?)> ByAccountAsync(Jws jws, AcmeUrls urls, CertificateProfile profile, Guid nonce)
    {
        var id = urls.AccountIdOf(jws.KeyId!);
        var account = id is null ? null : await accounts.FindAsync(id, CancellationToken.None);
        // Verified before the redemption: badly signed requests of an account that is known cost one write, like good ones.
        var verified = account is not null && jws.AlgorithmProblem(account.Key) is null && jws.Verify(account.Key.Key);
        var redeemed = await redemption.RedeemAsync(nonce, account?.Id);
        if (!redeemed.IsFresh) return (null, AccountState.NoLimits, Problems.BadNonce());
        if (account is null || redeemed.Account is null || account.ProfileId != profile.Id)
            return (null, AccountState.NoLimits, Problems.AccountDoesNotExist("The kid is not the URL of an account at this directory."));
        if (account.Key.Thumbprint != redeemed.Account.JwkThumbprint)
        {
            // Its key was changed, maybe on another replica.
            account = await accounts.ReadAsync(account.Id, CancellationToken.None);
            verified = jws.AlgorithmProblem(account!.Key) is null && jws.Verify(account.Key.Key);
        }

        var problem = redeemed.Account.Status != AcmeAccountStatus.Valid
            ? Problems.Unauthorized($"The account is {(redeemed.Account.Status == AcmeAccountStatus.Revoked ? "revoked" : "deactivated")}.")
            : jws.AlgorithmProblem(account.Key) ?? SignatureProblem(verified);
        return (account, redeemed.Account.Limits, problem);
    }

    private static AcmeProblem? SignatureProblem(bool verified) =>
        verified ? null : Problems.Unauthorized("The signature does not verify with the key of the request.");

    private static AcmeProblem? HeaderProblem(Jws jws, string url, KeyUse keyUse) =>
        keyUse == KeyUse.Jwk && jws.Jwk is null ? Problems.Malformed("This resource takes requests with a jwk, not with a kid.")
        : keyUse == KeyUse.Kid && jws.Jwk is not null ? Problems.Malformed("This resource takes requests with a kid, not with a jwk.")
        : jws.Url != url ? Problems.Unauthorized("The url of the protected header is not the URL of the request.")
        : jws.Nonce is null ? Problems.BadNonce()
        : null;

    private static AcmeProblem? PayloadProblem(Jws jws, PayloadUse use) => use switch
    {
        PayloadUse.Empty when !jws.IsPostAsGet => Problems.Malformed("This resource is read by POST-as-GET: the payload must be empty."),
        PayloadUse.Json when jws.IsPostAsGet => Problems.Malformed("The payload must be a JSON object."),
        _ => null,
    };

    private static bool IsJose(string? contentType) =>
        contentType is not null && contentType.AsSpan().TrimEnd().Equals(MediaType, StringComparison.OrdinalIgnoreCase);

    private static async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpContext http)
    {
        if (http.Request.ContentLength > MaxBodySize) return null;
        var body = new ArrayBufferWriter<byte>((int)(http.Request.ContentLength ?? 2048) + 1);
        int read;
        while ((read = await http.Request.Body.ReadAsync(body.GetMemory(1), http.RequestAborted)) > 0)
        {
            body.Advance(read);
            if (body.WrittenCount > MaxBodySize) return null;
        }

        return body.WrittenMemory;
    }
}
