using Certctl.AcmeService.Protocol;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Hosting.Settings;

namespace Certctl.AcmeService.Endpoints;

/// <summary>The directory (RFC 8555 7.1.1) and newNonce (7.2): by GET, and by POST-as-GET as well (6.3).</summary>
public sealed class DirectoryResource(AcmeServerSettings server, AcmeSettings settings)
{
    public static void Map(AcmeRoutes routes)
    {
        routes.Get<DirectoryResource>("directory", "/directory", (resource, request, _) => Task.FromResult(resource.Read(request.Urls, request.Profile)));
        routes.Post<DirectoryResource>("directory", "/directory", KeyUse.Kid, PayloadUse.Empty, (resource, request, _) => Task.FromResult(resource.Read(request.Urls, request.Profile)));
        routes.Get<DirectoryResource>("new_nonce", "/new-nonce", (_, request, _) => Task.FromResult(new AcmeAnswer(request.IsHead ? 200 : 204)));
        routes.Post<DirectoryResource>("new_nonce", "/new-nonce", KeyUse.Kid, PayloadUse.Empty, (_, _, _) => Task.FromResult(new AcmeAnswer(204)));
    }

    private AcmeAnswer Read(AcmeUrls urls, CertificateProfile profile) => AcmeAnswer.Json(200, Wire.Serialize(new Protocol.Directory(
        urls.NewNonce, urls.NewAccount, urls.NewOrder, urls.NewAuthz, urls.RevokeCert, urls.KeyChange,
        server.AriEnabled ? urls.RenewalInfo : null, Meta(profile)))) with
    {
        IsDirectory = true,
        CacheControl = "public, max-age=0, no-cache",
    };

    private DirectoryMeta? Meta(CertificateProfile profile)
    {
        var meta = new DirectoryMeta(
            settings.TermsOfService, settings.Website, settings.CaaIdentities.Length == 0 ? null : settings.CaaIdentities,
            profile.AcmeEabRequired || settings.EabRequired ? true : null,
            profile.AcmeVariants.Count == 0 ? null : profile.AcmeVariants.ToDictionary(v => v.Key, v => v.Value.Description));
        return meta == new DirectoryMeta(null, null, null, null, null) ? null : meta;
    }
}
