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

    /// <summary>The account id of a kid, when it is the URL of an account below this directory.</summary>
    public string? AccountIdOf(string kid)
    {
        var prefix = $"{Base}/account/";
        return kid.StartsWith(prefix, StringComparison.Ordinal) && kid.Length > prefix.Length && kid.IndexOf('/', prefix.Length) < 0
            ? kid[prefix.Length..]
            : null;
    }
}
