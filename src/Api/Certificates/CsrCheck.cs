using Certctl.Core.Domain.Names;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Issuance;
using Certctl.Core.Pki;

namespace Certctl.Api.Certificates;

/// <summary>Whether a certificate signing request is the one that a certificate waits for.</summary>
internal static class CsrCheck
{
    /// <summary>Why it is refused: no proof of possession, other names, or a key that the profile does not allow. Null when it is taken.</summary>
    public static string? Refusal(string pem, CertificateNames names, CertificateProfile profile)
    {
        var (csr, error) = CertificateSigningRequest.FromPem(pem);
        if (csr is null) return error!.Message;
        if (!csr.Names.ToHashSet().SetEquals(names.All)) return $"its names are not the certificate's ({string.Join(", ", names.All)})";
        return ProfileKeys.Allows(profile, csr.PublicKey) ? null : $"the profile does not allow {csr.PublicKey.Algorithm} keys of {csr.PublicKey.Size} bits";
    }
}
