using System.Buffers.Text;
using System.Security.Cryptography;
using Certctl.AcmeService.Orders;
using Certctl.Core.Domain;
using Certctl.Core.Domain.Names;
using Certctl.Core.Domain.Profiles;

namespace Certctl.AcmeService.Authorizations;

/// <summary>An authorization with its challenges, about to be written.</summary>
/// <param name="OrderId">Null for a pre-authorization.</param>
public sealed record NewAuthorizationRow(
    string AuthzId, string? OrderId, SubjectAltName Name, DateTimeOffset ExpiresAt, IReadOnlyList<NewChallengeRow> Challenges)
{
    public bool Wildcard => IdentifierRules.IsWildcard(Name);

    /// <summary>The identifier's value: a wildcard's base name (RFC 8555 7.1.4).</summary>
    public string Value => Wildcard ? Name.Value[2..] : Name.Value;

    /// <summary>In challenge mode one challenge of each type that can prove the name; in trust mode one, which is valid already.</summary>
    public static NewAuthorizationRow For(SubjectAltName name, CertificateProfile profile, string? orderId, DateTimeOffset expiresAt, TimeProvider time)
    {
        var types = profile.AcmeAuthMode == AcmeAuthModes.Challenge
            ? IdentifierRules.ChallengeTypes(name, profile)
            : [IdentifierRules.IsWildcard(name) ? AcmeChallengeTypeNames.Dns01 : AcmeChallengeTypeNames.Http01];
        return new NewAuthorizationRow(Identifiers.New("acme-authz", time), orderId, name, expiresAt,
            [.. types.Select(type => new NewChallengeRow(Identifiers.New("acme-chall", time), type, Token()))]);
    }

    /// <summary>128 bits (RFC 8555 8.1).</summary>
    private static string Token() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
}

public sealed record NewChallengeRow(string ChallengeId, string Type, string Token);
