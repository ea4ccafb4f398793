using System.Net;
using Certctl.AcmeService.Accounts;
using Certctl.AcmeService.Protocol;
using Certctl.Core.Domain.Acme;
using Certctl.Core.Domain.Profiles;

namespace Certctl.AcmeService.Endpoints;

/// <summary>A request whose every check has passed: media type, size, JWS, url, nonce, key, signature, payload rule.</summary>
/// <param name="Id">The id in the path, if it has one.</param>
/// <param name="Jws">The request as it was signed.</param>
/// <param name="Signer">The account that signed it; null where the key stands in the request itself (jwk).</param>
/// <param name="Key">The key that signed it.</param>
/// <param name="Limits">What an operator set for the account, as it is now.</param>
/// <param name="Address">Where it came from.</param>
public sealed record SignedRequest(
    AcmeUrls Urls, CertificateProfile Profile, string Id, Jws Jws, AccountEntry? Signer, Jwk Key, AcmeLimits Limits, IPAddress? Address)
{
    /// <summary>The account that signed; on routes that a kid is required for.</summary>
    public AccountEntry Account => Signer ?? throw new InvalidOperationException("This route takes requests with a jwk.");

    public ReadOnlyMemory<byte> Payload => Jws.Payload;

    /// <summary>The subject of an audit row: who did it.</summary>
    public string Actor => $"acme:{Account.Id}";
}

/// <summary>Which of jwk and kid a route takes (RFC 8555 6.2).</summary>
public enum KeyUse
{
    /// <summary>newAccount.</summary>
    Jwk,

    /// <summary>Everything else.</summary>
    Kid,

    /// <summary>revokeCert.</summary>
    Either,
}

/// <summary>What a payload must be (RFC 8555 6.3).</summary>
public enum PayloadUse
{
    /// <summary>A JSON object.</summary>
    Json,

    /// <summary>Empty: POST-as-GET.</summary>
    Empty,

    /// <summary>Either, and the resource tells one from the other.</summary>
    Any,
}
