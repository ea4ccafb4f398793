using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Protocol;
using Certctl.Core.Hosting.Settings;

namespace Certctl.AcmeService.RenewalInformation;

/// <summary>renewalInfo (RFC 9773 4), for anybody who can name the certificate.</summary>
public sealed class RenewalInfoResource(IssuedVersions versions, AcmeServerSettings server, AcmeSettings settings)
{
    public static void Map(AcmeRoutes routes) =>
        routes.Get<RenewalInfoResource>("renewal_info", "/renewal-info/{id}", (resource, request, token) => resource.ReadAsync(request, token));

    private async Task<AcmeAnswer> ReadAsync(PublicRequest request, CancellationToken cancellationToken)
    {
        if (!server.AriEnabled) return Problems.NotFound("resource");
        if (CertificateIdentifier.Parse(request.Id) is not { } identifier)
            return Problems.Malformed("A certificate is named by base64url(authority key identifier), a full stop, and base64url(serial number) (RFC 9773 4.1).");
        if (await versions.FindAsync(identifier, request.Profile.IssuerId, request.Profile.Id, cancellationToken) is not { } version) return Problems.NotFound("certificate");
        return AcmeAnswer.Json(200, Wire.Serialize(new RenewalInfo(version.Window))) with { RetryAfter = settings.AriPollInterval };
    }
}
