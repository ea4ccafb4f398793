using Certctl.Api.Access;
using Certctl.Api.Paging;
using Certctl.Api.Problems;
using Certctl.Api.Renewals;
using Certctl.Api.Writes;
using Certctl.Core.Domain.Certificates;
using Certctl.Core.Domain.Renewals;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Certificates;

internal static class CertificateEndpoints
{
    private static readonly Sorting<ManagedCertificate> Sorts = new Sorting<ManagedCertificate>(c => c.Id, "created_at")
        .By("created_at", c => c.CreatedAt).By("updated_at", c => c.UpdatedAt).By("expires_at", c => c.ExpiresAt)
        .By("name", c => c.Name).By("common_name", c => c.CommonName).By("status", c => c.Status);

    public static void MapCertificates(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/certificates").WithTags("Certificates");
        group.MapPost("/", CreateAsync).RequireAuthorization(Policies.Operator)
            .WithSummary("Create a certificate and issue its first version");
        group.MapGet("/", ListAsync).RequireAuthorization(Policies.Viewer).WithSummary("List certificates");
        group.MapGet("/{id}", GetAsync).RequireAuthorization(Policies.Viewer).WithSummary("Read a certificate");
        group.MapPatch("/{id}", ChangeAsync).RequireAuthorization(Policies.Operator).WithSummary("Change what is not identity");
        group.MapDelete("/{id}", ArchiveAsync).RequireAuthorization(Policies.Operator).WithSummary("Archive a certificate");
        group.MapPost("/{id}/renew", RenewAsync).RequireAuthorization(Policies.Operator).WithSummary("Renew a certificate now");
        group.MapPost("/{id}/revoke", RevokeAsync).RequireAuthorization(Policies.Operator).WithSummary("Revoke every unexpired version");
    }

    private static async Task<Results<Created<CertificateView>, ProblemResult>> CreateAsync(
        CreateCertificate request, CertctlDbContext context, NewCertificate checking, RenewalRequests renewals, AuditTrail audit,
        HttpContext http, CancellationToken cancellationToken)
    {
        var (accepted, problem) = await checking.CheckAsync(request, cancellationToken);
        if (accepted is null) return problem!;
        var certificate = accepted.Certificate;
        context.Certificates.Add(certificate);
        renewals.AddFirst(certificate, accepted.Profile, accepted.Policy);
        audit.Record("certificate_created", "certificate", certificate.Id, new { certificate.Name, certificate.CommonName });
        await context.SaveChangesAsync(cancellationToken);
        http.SetETag(certificate.RowVersion);
        return TypedResults.Created($"/api/v1/certificates/{certificate.Id}", CertificateView.Of(certificate));
    }

    private static async Task<Ok<Page<CertificateView>>> ListAsync(
        [AsParameters] CertificateQuery query, CertctlDbContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Sorts.PageAsync(query.Filter(context.Certificates), query, CertificateView.Of, cancellationToken));

    private static async Task<Results<Ok<CertificateView>, ProblemResult>> GetAsync(
        string id, CertctlDbContext context, HttpContext http, CancellationToken cancellationToken)
    {
        var certificate = await context.Certificates.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken);
        if (certificate is null) return Problem.NotFound("certificate", id);
        http.SetETag(certificate.RowVersion);
        return TypedResults.Ok(CertificateView.Of(certificate));
    }

    private static async Task<Results<Ok<CertificateView>, ProblemResult>> ChangeAsync(
        string id, ChangeCertificate request, CertctlDbContext context, AuditTrail audit, TimeProvider time, HttpContext http,
        CancellationToken cancellationToken)
    {
        if (await context.LockAsync<ManagedCertificate>(id, cancellationToken) is not { } certificate) return Problem.NotFound("certificate", id);
        if (!http.IfMatchHolds(certificate.RowVersion)) return Problem.PreconditionFailed();
        if (certificate.Status == CertificateStatus.Archived) return Problem.Conflict("An archived certificate cannot be changed.");
        if (await CertificateChange.ApplyAsync(request, certificate, context, cancellationToken) is { } problem) return problem;
        certificate.UpdatedAt = time.GetUtcNow();
        audit.Record("certificate_updated", "certificate", id, CertificateChange.Fields(request));
        await context.SaveChangesAsync(cancellationToken);
        http.SetETag(certificate.RowVersion);
        return TypedResults.Ok(CertificateView.Of(certificate));
    }

    private static async Task<Results<NoContent, ProblemResult>> ArchiveAsync(
        string id, CertctlDbContext context, RenewalEnds ends, AuditTrail audit, TimeProvider time, HttpContext http, CancellationToken cancellationToken)
    {
        await ends.CancelActiveOfAsync(id, cancellationToken);
        if (await context.LockAsync<ManagedCertificate>(id, cancellationToken) is not { } certificate) return Problem.NotFound("certificate", id);
        if (!http.IfMatchHolds(certificate.RowVersion)) return Problem.PreconditionFailed();
        if (certificate.Status == CertificateStatus.Archived) return TypedResults.NoContent();
        certificate.Status = CertificateStatus.Archived;
        certificate.UpdatedAt = time.GetUtcNow();
        audit.Record("certificate_archived", "certificate", id);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Accepted<RenewalView>, ProblemResult>> RenewAsync(
        string id, RenewalRequests renewals, CancellationToken cancellationToken)
    {
        var (renewal, problem) = await renewals.RequestAsync(id, cancellationToken);
        return renewal is null ? problem! : TypedResults.Accepted($"/api/v1/renewals/{renewal.Id}", RenewalView.Of(renewal));
    }

    private static async Task<Results<Ok<CertificateView>, ProblemResult>> RevokeAsync(
        string id, RevokeCertificate request, Revocation revocation, HttpContext http, CancellationToken cancellationToken)
    {
        var (certificate, problem) = await revocation.RevokeAsync(id, request.Reason, cancellationToken);
        if (certificate is null) return problem!;
        http.SetETag(certificate.RowVersion);
        return TypedResults.Ok(CertificateView.Of(certificate));
    }
}
