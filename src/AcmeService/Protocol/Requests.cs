using System.Text.Json;
using System.Text.Json.Serialization;

namespace Certctl.AcmeService.Protocol;

/// <summary>newAccount (RFC 8555 7.3).</summary>
public sealed record NewAccount(IReadOnlyList<string>? Contact = null, bool TermsOfServiceAgreed = false, bool OnlyReturnExisting = false, JsonElement? ExternalAccountBinding = null)
    : IJsonOnDeserialized
{
    void IJsonOnDeserialized.OnDeserialized() => Wire.RefuseNulls(Contact, "contact");
}

/// <summary>A change of an account (RFC 8555 7.3.2, 7.3.6); what is absent stays.</summary>
public sealed record AccountUpdate(IReadOnlyList<string>? Contact = null, string? Status = null) : IJsonOnDeserialized
{
    void IJsonOnDeserialized.OnDeserialized() => Wire.RefuseNulls(Contact, "contact");
}

/// <summary>newOrder (RFC 8555 7.4), with replaces (RFC 9773 5) and profile (draft-ietf-acme-profiles).</summary>
public sealed record NewOrder(
    IReadOnlyList<Identifier>? Identifiers, DateTimeOffset? NotBefore = null, DateTimeOffset? NotAfter = null, string? Replaces = null, string? Profile = null)
    : IJsonOnDeserialized
{
    void IJsonOnDeserialized.OnDeserialized() => Wire.RefuseNulls(Identifiers, "identifiers");
}

/// <summary>newAuthz (RFC 8555 7.4.1).</summary>
public sealed record NewAuthorization(Identifier Identifier);

/// <summary>A change of an authorization (RFC 8555 7.5.2).</summary>
public sealed record AuthorizationUpdate(string? Status = null);

/// <summary>The response to a challenge (RFC 8555 7.5.1): an object whose members mean nothing here.</summary>
public sealed record ChallengeResponse;

/// <summary>finalize (RFC 8555 7.4): a PKCS#10 request in DER, base64url.</summary>
public sealed record Finalize(string Csr);

/// <summary>revokeCert (RFC 8555 7.6): a certificate in DER, base64url, and a reason code of RFC 5280 5.3.1.</summary>
public sealed record RevokeCert(string Certificate, int? Reason = null);
