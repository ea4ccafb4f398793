using Certctl.Core.Domain;

namespace Certctl.AcmeService.Endpoints;

/// <summary>The URLs below one directory.</summary>
/// <param name="Base">Scheme, host and path up to the resources, without a slash at its end.</param>
public readonly record struct AcmeUrls(string Base)
{
    public string Directory => $"{Base}/directory";
    public string NewNonce => $"{Base}/new-nonce";
    public string NewAccount => $"{Base}/new-account";
    public string NewOrder => $"{Base}/new-order";
    public string NewAuthz => $"{Base}/new-authz";
    public string RevokeCert => $"{Base}/revoke-cert";
    public string KeyChange => $"{Base}/key-change";
    public string RenewalInfo => $"{Base}/renewal-info";

    /// <summary>Ours: what the limits are, for people.</summary>
    public string RateLimits => $"{Base}/rate-limits";

    public string Account(string id) => $"{Base}/account/{id}";
    public string Orders(string accountId) => $"{Base}/account/{accountId}/orders";
    public string Order(string id) => $"{Base}/order/{id}";
    public string Finalize(string orderId) => $"{Base}/order/{orderId}/finalize";
    public string Authorization(string id) => $"{Base}/authz/{id}";
    public string Challenge(string id) => $"{Base}/challenge/{id}";
    public string Certificate(string versionId) => $"{Base}/cert/{versionId}";
    public string Alternate(string versionId, int n) => $"{Base}/cert/{versionId}/{n}";

    /// <summary>The account id of a kid, when it is the URL of an account below this directory. Nothing else gets as far as the
    /// database, which does not take every text.</summary>
    public string? AccountIdOf(string kid)
    {
        var prefix = $"{Base}/account/";
        if (!kid.StartsWith(prefix, StringComparison.Ordinal)) return null;
        var id = kid[prefix.Length..];
        return id.Length is > 0 and <= Identifiers.MaxLength && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? id : null;
    }
}
