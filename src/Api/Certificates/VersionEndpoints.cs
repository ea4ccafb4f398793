using System.Data;
using Certctl.Api.Access;
using Certctl.Api.Agents;
using Certctl.Api.Paging;
using Certctl.Api.Problems;
using Certctl.Core.Domain.Access;
using Certctl.Core.Domain.Certificates;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Certificates;

internal static class VersionEndpoints
{
    private static readonly Sorting<CertificateVersion> Newest =
        new Sorting<CertificateVersion>(v => v.Id, "-created_at").By("created_at", v => v.CreatedAt);

    public static void MapVersions(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/certificates/{id}").WithTags("Certificates");
        group.MapGet("/versions", ListAsync).RequireAuthorization(Policies.Viewer).WithSummary("List issued versions, newest first");
        group.MapGet("/pem", PemAsync).RequireAuthorization(Policies.Anyone)
            .WithSummary("The newest version with its chain, leaf first").Produces<string>(contentType: "application/pem-certificate-chain");
    }

    private static async Task<Results<Ok<Page<VersionView>>, ProblemResult>> ListAsync(
        string id, [AsParameters] PageQuery query, CertctlDbContext context, CancellationToken cancellationToken)
    {
        if (!await context.Certificates.AnyAsync(c => c.Id == id, cancellationToken)) return Problem.NotFound("certificate", id);
        // Of one instant: a version that is written between two reads would seem to have no key.
        await using var snapshot = await context.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var keyIsOf = await context.PrivateKeys.Where(k => k.CertificateId == id).Select(k => k.VersionId).SingleOrDefaultAsync(cancellationToken);
        var versions = context.CertificateVersions.Where(v => v.CertificateId == id);
        return TypedResults.Ok(await Newest.PageAsync(versions, query, v => VersionView.Of(v, keyIsOf), cancellationToken));
    }

    private static async Task<Results<ContentHttpResult, ProblemResult>> PemAsync(
        string id, CertctlDbContext context, HttpContext http, CancellationToken cancellationToken)
    {
        var certificate = await context.Certificates.Where(c => c.Id == id)
            .Select(c => new { c.AgentId, AgentIsRetired = context.Agents.Any(a => a.Id == c.AgentId && a.RetiredAt != null) })
            .SingleOrDefaultAsync(cancellationToken);
        if (certificate is null) return Problem.NotFound("certificate", id);
        if (!http.Caller().MayReadFor(certificate.AgentId)) return Problem.Forbidden("This token does not speak for the certificate's agent.");
        if (certificate.AgentIsRetired && http.Caller().Role == Role.Agent) return RetiredAgents.Refusal(certificate.AgentId!);
        var pem = await context.CertificateVersions.Where(v => v.CertificateId == id)
            .OrderByDescending(v => v.CreatedAt).ThenByDescending(v => v.Id).Select(v => v.PemChain).FirstOrDefaultAsync(cancellationToken);
        return pem is null
            ? Problem.NotFound("issued version of certificate", id)
            : TypedResults.Text(pem, "application/pem-certificate-chain");
    }
}
