using Certctl.Api.Access;
using Certctl.Api.Agents;
using Certctl.Api.Certificates;
using Certctl.Api.Paging;
using Certctl.Api.Problems;
using Certctl.Api.Renewals;
using Certctl.Api.Writes;
using Certctl.Core.Domain.Names;
using Certctl.Core.Domain.Renewals;
using Certctl.Core.Persistence;
using Certctl.Core.Renewals;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.AgentWork;

/// <summary>A renewal that awaits the agent's certificate signing request.</summary>
public sealed record WorkView(
    string RenewalId, string CertificateId, string CommonName, IReadOnlyList<string> Sans, IReadOnlyList<string> AllowedKeyAlgorithms, DateTimeOffset CreatedAt);

/// <summary>A certificate signing request for one renewal.</summary>
public sealed record SubmitCsr
{
    /// <summary>PKCS#10 in PEM, for exactly the certificate's names.</summary>
    public string? CsrPem { get; init; }
}

internal static class AgentWorkEndpoints
{
    public static void MapAgentWork(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/agents/{id}").WithTags("Agents' work");
        group.MapGet("/work", ListAsync).RequireAuthorization(Policies.Agent).WithSummary("Renewals that await this agent's CSR, oldest id first");
        group.MapPost("/renewals/{renewalId}/csr", SubmitAsync).RequireAuthorization(Policies.Agent).WithSummary("Submit the CSR of a renewal");
    }

    private static async Task<Results<Ok<Page<WorkView>>, ProblemResult>> ListAsync(
        string id, [AsParameters] PageQuery query, CertctlDbContext context, HttpContext http, CancellationToken cancellationToken)
    {
        if (await RefuseAsync(id, context, http, cancellationToken) is { } refusal) return refusal;
        var take = query.Take;
        var after = Cursor.Read(query.Cursor, "id")?.Id ?? "";
        var work = await (
            from r in context.Renewals
            join c in context.Certificates on r.CertificateId equals c.Id
            join p in context.Profiles on c.CertificateProfileId equals p.Id
            where c.AgentId == id && r.IsAwaiting && r.Status == RenewalStatus.AwaitingCsr && string.Compare(r.Id, after) > 0
            orderby r.Id
            select new WorkView(r.Id, c.Id, c.CommonName, c.Sans, p.AllowedKeyAlgorithms, r.CreatedAt)).Take(take + 1).ToListAsync(cancellationToken);
        var next = work.Count > take ? new Cursor("id", null, work[take - 1].RenewalId).Encode() : null;
        return TypedResults.Ok(new Page<WorkView>([.. work.Take(take)], next));
    }

    private static async Task<Results<Accepted<RenewalView>, ProblemResult>> SubmitAsync(
        string id, string renewalId, SubmitCsr request, CertctlDbContext context, RenewalRequests renewals, AuditTrail audit, TimeProvider time,
        HttpContext http, CancellationToken cancellationToken)
    {
        if (await RefuseAsync(id, context, http, cancellationToken) is { } refusal) return refusal;
        if (string.IsNullOrWhiteSpace(request.CsrPem)) return Problem.Validation("csr_pem", "is required");
        var found = await (
            from r in context.Renewals
            join c in context.Certificates on r.CertificateId equals c.Id
            join p in context.Profiles on c.CertificateProfileId equals p.Id
            where r.Id == renewalId && c.AgentId == id
            select new { Certificate = c, Profile = p }).AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        if (found is null) return Problem.NotFound("renewal of this agent", renewalId);
        if (!CertificateNames.TryParse(found.Certificate.CommonName, found.Certificate.Sans, out var names, out _))
            return Problem.Conflict("The names of this certificate are not valid any more.");
        if (CsrCheck.Refusal(request.CsrPem, names, found.Profile) is { } error) return Problem.Validation("csr_pem", error);
        var next = time.GetUtcNow() + RenewalSettings.PublishGrace;
        var taken = await context.Renewals.Where(r => r.Id == renewalId && r.Status == RenewalStatus.AwaitingCsr)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.Status, RenewalStatus.Pending).SetProperty(r => r.CsrPem, request.CsrPem)
                .SetProperty(r => r.NextAttemptAt, next), cancellationToken);
        if (taken == 0) return Problem.Conflict("This renewal does not await a CSR.");
        audit.Record("csr_submitted", "certificate", found.Certificate.Id, new { renewal_id = renewalId });
        renewals.Send(renewalId, RenewalStatus.Pending);
        var renewal = await context.Renewals.AsNoTracking().SingleAsync(r => r.Id == renewalId, cancellationToken);
        return TypedResults.Accepted($"/api/v1/renewals/{renewalId}", RenewalView.Of(renewal));
    }

    private static async Task<ProblemResult?> RefuseAsync(string id, CertctlDbContext context, HttpContext http, CancellationToken cancellationToken)
    {
        if (!http.Caller().SpeaksFor(id)) return Problem.Forbidden("This token does not speak for that agent.");
        var agent = await context.Agents.Where(a => a.Id == id).Select(a => new { a.RetiredAt }).SingleOrDefaultAsync(cancellationToken);
        return agent is null ? Problem.NotFound("agent", id) : agent.RetiredAt is null ? null : RetiredAgents.Refusal(id);
    }
}
