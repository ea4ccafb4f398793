using System.Text;
using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.Protocol;
using Certctl.Core.Issuance;
using Npgsql;

namespace Certctl.AcmeService.Certificates;

/// <summary>A certificate chain (RFC 8555 7.4.2), to its owner alone: leaf, then intermediates; as an alternate also with the root.</summary>
public sealed class CertificateResource(NpgsqlDataSource database, Recent<IssuedChain> recentChains, IssuerStore issuers)
{
    private const string MediaType = "application/pem-certificate-chain";

    public static void Map(AcmeRoutes routes)
    {
        routes.Post<CertificateResource>("cert_download", "/cert/{id}", KeyUse.Kid, PayloadUse.Empty, (resource, request, token) => resource.ReadAsync(request, withRoot: false, token));
        routes.Post<CertificateResource>("cert_alternate", "/cert/{id}/1", KeyUse.Kid, PayloadUse.Empty, (resource, request, token) => resource.ReadAsync(request, withRoot: true, token));
    }

    private async Task<AcmeAnswer> ReadAsync(SignedRequest request, bool withRoot, CancellationToken cancellationToken)
    {
        if ((recentChains.Find(request.Id, request.Account.Id, request.Profile.Id) ?? await FindAsync(request, cancellationToken)) is not { } issued)
            return Problems.NotFound("certificate");
        var chain = issued.Pem;
        var root = (await issuers.FindAsync(issued.IssuerId, cancellationToken))?.RootPem;
        if (withRoot && root is null) return Problems.NotFound("certificate");
        return new AcmeAnswer(200)
        {
            Body = Encoding.ASCII.GetBytes(withRoot ? chain + root : chain),
            ContentType = MediaType,
            Links = withRoot ? [AcmeAnswer.Link(request.Urls.Certificate(request.Id), "alternate")]
                : root is null ? [] : [AcmeAnswer.Link(request.Urls.Alternate(request.Id, 1), "alternate")],
        };
    }

    private async Task<IssuedChain?> FindAsync(SignedRequest request, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT v.issuer_id, v.pem_chain FROM certificate_versions v JOIN managed_certificates c ON c.id = v.certificate_id
            WHERE v.id = $1 AND c.acme_account_id = $2 AND c.certificate_profile_id = $3
            """);
        command.Parameters.Text(request.Id).Text(request.Account.Id).Text(request.Profile.Id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new IssuedChain(reader.GetString(0), reader.GetString(1)) : null;
    }
}

/// <summary>A version's chain; it never changes.</summary>
/// <param name="Pem">Leaf, then intermediates.</param>
public sealed record IssuedChain(string IssuerId, string Pem);
