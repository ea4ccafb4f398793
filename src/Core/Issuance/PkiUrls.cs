using Certctl.Core.Hosting.Settings;

namespace Certctl.Core.Issuance;

/// <summary>Where relying parties find CRL, OCSP and CA certificates: written into every certificate.</summary>
public sealed class PkiUrls(ServerSettings settings)
{
    private const string Path = "/.well-known/pki";

    public Uri Crl(string issuerId) => Under($"crl/{issuerId}.crl");

    public Uri Ocsp(string issuerId) => Under($"ocsp/{issuerId}");

    public Uri CaCertificate(string authorityId) => Under($"ca/{authorityId}.crt");

    private Uri Under(string name) => new($"{settings.PkiBase}{Path}/{name}");
}
