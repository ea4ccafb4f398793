using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;

namespace Certctl.Rfc8555;

// One call for each resource of RFC 8555 7 and RFC 9773 4.
public sealed partial class AcmeClient
{
    /// <summary>Agrees to the terms. A success sets <see cref="AccountUrl"/>.</summary>
    public async Task<AcmeResponse> NewAccountAsync(
        IReadOnlyList<string>? contact = null, ExternalAccount? externalAccount = null, bool onlyReturnExisting = false, bool agree = true,
        AcmeRequest? departing = null)
    {
        var url = (await GetDirectoryAsync()).NewAccount;
        var payload = new JsonObject();
        if (agree) payload["termsOfServiceAgreed"] = true;
        if (contact is not null) payload["contact"] = Strings(contact);
        if (onlyReturnExisting) payload["onlyReturnExisting"] = true;
        if (externalAccount is not null) payload["externalAccountBinding"] = JsonNode.Parse(externalAccount.Bind(Key, url));
        var response = await PostAsync(url, payload.ToJsonString(), departing ?? new AcmeRequest { Key = KeyHeader.Jwk });
        if (response is { IsSuccess: true, Location: { } location }) AccountUrl = location;
        return response;
    }

    /// <summary>Names that parse as addresses are sent as type "ip" (RFC 8738).</summary>
    public async Task<AcmeResponse> NewOrderAsync(
        IReadOnlyList<string> names, DateTimeOffset? notBefore = null, DateTimeOffset? notAfter = null, string? replaces = null,
        string? profile = null, AcmeRequest? departing = null)
    {
        var payload = new JsonObject { ["identifiers"] = new JsonArray([.. names.Select(Identifier)]) };
        if (notBefore is { } from) payload["notBefore"] = from.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", null);
        if (notAfter is { } until) payload["notAfter"] = until.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", null);
        if (replaces is not null) payload["replaces"] = replaces;
        if (profile is not null) payload["profile"] = profile;
        return await PostAsync((await GetDirectoryAsync()).NewOrder, payload.ToJsonString(), departing);
    }

    public Task<AcmeResponse> GetOrderAsync(string url) => PostAsync(url, null, null);

    public Task<AcmeResponse> GetAuthorizationAsync(string url) => PostAsync(url, null, null);

    /// <summary>Tells the server to validate (RFC 8555 7.5.1).</summary>
    public Task<AcmeResponse> RespondChallengeAsync(string url) => PostAsync(url, "{}", null);

    /// <param name="csr">DER.</param>
    public Task<AcmeResponse> FinalizeAsync(string url, ReadOnlySpan<byte> csr, AcmeRequest? departing = null) =>
        PostAsync(url, "{\"csr\":\"" + Base64Url.EncodeToString(csr) + "\"}", departing);

    public Task<AcmeResponse> DownloadCertificateAsync(string url) => PostAsync(url, null, null);

    /// <param name="certificate">DER.</param>
    /// <param name="certificateKey">Signs in place of the account (RFC 8555 7.6).</param>
    public async Task<AcmeResponse> RevokeAsync(
        byte[] certificate, int? reason = null, AcmeAccountKey? certificateKey = null, AcmeRequest? departing = null)
    {
        var payload = new JsonObject { ["certificate"] = Base64Url.EncodeToString(certificate) };
        if (reason is { } code) payload["reason"] = code;
        departing ??= new AcmeRequest { SignWith = certificateKey };
        return await PostAsync((await GetDirectoryAsync()).RevokeCert, payload.ToJsonString(), departing);
    }

    /// <summary>RFC 8555 7.3.5. A success makes the new key this client's.</summary>
    /// <param name="innerHeader">JSON in place of the inner JWS's right protected header.</param>
    /// <param name="innerPayload">JSON in place of the inner JWS's right payload.</param>
    public async Task<AcmeResponse> KeyChangeAsync(
        AcmeAccountKey newKey, string? innerHeader = null, string? innerPayload = null, AcmeRequest? departing = null)
    {
        var url = (await GetDirectoryAsync()).KeyChange;
        innerHeader ??= $$"""{"alg":"{{newKey.Algorithm}}","jwk":{{newKey.Jwk}},"url":"{{url}}"}""";
        innerPayload ??= $$"""{"account":"{{AccountUrl}}","oldKey":{{Key.Jwk}}}""";
        var inner = Jws.Flattened(innerHeader, Encoding.UTF8.GetBytes(innerPayload), newKey.Sign);
        var response = await PostAsync(url, Encoding.UTF8.GetString(inner), departing);
        if (response.IsSuccess) Key = newKey;
        return response;
    }

    /// <param name="certificateId">As <see cref="CertificateId"/> gives it.</param>
    public async Task<AcmeResponse> RenewalInfoAsync(string certificateId)
    {
        var url = (await GetDirectoryAsync()).RenewalInfo ?? throw new InvalidDataException("The directory has no renewalInfo.");
        return await GetAsync(url.TrimEnd('/') + "/" + certificateId);
    }

    private static JsonNode Identifier(string name) => new JsonObject
    {
        ["type"] = System.Net.IPAddress.TryParse(name, out _) ? "ip" : "dns",
        ["value"] = name,
    };

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(v => (JsonNode)v)]);
}
