using Certctl.Core.Domain.Profiles;
using Certctl.Core.Pki;

namespace Certctl.Core.Issuance;

/// <summary>Between the key algorithm names of profiles and the keys of <see cref="Pki"/>.</summary>
public static class ProfileKeys
{
    /// <summary>What a server-made key of the profile is: the first that it allows.</summary>
    public static string ServerKey(CertificateProfile profile) => profile.AllowedKeyAlgorithms[0];

    /// <summary>Whether the profile certifies this key. RSA-2048 in a profile allows RSA keys of 2048 bits and more.</summary>
    public static bool Allows(CertificateProfile profile, SubjectPublicKey key) => profile.AllowedKeyAlgorithms.Any(name => key.Kind switch
    {
        KeyKind.Ed25519 => name == KeyAlgorithms.Ed25519,
        KeyKind.Ecdsa => name == $"ECDSA-P{key.Size}",
        _ => name.StartsWith("RSA-", StringComparison.Ordinal) && key.Size >= int.Parse(name.AsSpan(4), null),
    });
}
