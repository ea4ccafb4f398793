using System.ComponentModel;
using Certctl.Api.Access;
using Certctl.Api.Json;
using Certctl.Api.Paging;
using Certctl.Api.Problems;
using Certctl.Api.Writes;
using Certctl.Core.Domain;
using Certctl.Core.Domain.Issuers;
using Certctl.Core.Issuance;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Issuers;

/// <summary>An issuer as the API shows it.</summary>
/// <param name="NotAfter">When its issuing CA expires; null until it has one.</param>
public sealed record IssuerView(string Id, string Name, string Type, bool Enabled, DateTimeOffset? NotAfter, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static IssuerView Of(Issuer i, DateTimeOffset? notAfter) => new(i.Id, i.Name, i.Type, i.Enabled, notAfter, i.CreatedAt, i.UpdatedAt);
}

/// <summary>A new issuer.</summary>
public sealed record CreateIssuer
{
    public string? Name { get; init; }

    [Description("local-ca, the default: a CA whose key certctl makes and keeps.")]
    public string? Type { get; init; }
    public bool Enabled { get; init; } = true;
}

/// <summary>What changes of an issuer.</summary>
public sealed record ChangeIssuer
{
    public Given<string> Name { get; init; }
    public Given<bool?> Enabled { get; init; }
}

internal static class IssuerEndpoints
{
    private static readonly Sorting<Issuer> Sorts = new Sorting<Issuer>(i => i.Id, "name").By("name", i => i.Name).By("created_at", i => i.CreatedAt);

    public static void MapIssuers(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/issuers").WithTags("Issuers");
        group.MapPost("/", CreateAsync).RequireAuthorization(Policies.Admin).WithSummary("Create an issuer");
        group.MapGet("/", ListAsync).RequireAuthorization(Policies.Viewer).WithSummary("List issuers");
        group.MapGet("/{id}", GetAsync).RequireAuthorization(Policies.Viewer).WithSummary("Read an issuer");
        group.MapPatch("/{id}", ChangeAsync).RequireAuthorization(Policies.Admin).WithSummary("Change an issuer");
        group.MapDelete("/{id}", DeleteAsync).RequireAuthorization(Policies.Admin).WithSummary("Delete an issuer that nothing refers to");
    }

    private static async Task<Results<Created<IssuerView>, ProblemResult>> CreateAsync(
        CreateIssuer request, CertctlDbContext context, IssuerCas cas, AuditTrail audit, HttpContext http, TimeProvider time, CancellationToken cancellationToken)
    {
        if (cas.IsSubCa) return Problem.Conflict("This server issues from the CA of CERTCTL_CA_CERT_PATH, which belongs to one issuer; a second one would share its key.");
        var now = time.GetUtcNow();
        var issuer = new Issuer
        {
            Id = Identifiers.New("iss", time),
            Name = request.Name ?? "",
            Type = request.Type ?? IssuerTypes.LocalCa,
            Enabled = request.Enabled,
            CreatedAt = now,
            UpdatedAt = now,
        };
        if (await CheckAsync(issuer, context, cancellationToken) is { } problem) return problem;
        context.Issuers.Add(issuer);
        cas.AddFor(issuer);
        audit.Record("issuer_created", "issuer", issuer.Id, new { issuer.Name, issuer.Type });
        await context.SaveChangesAsync(cancellationToken);
        http.SetETag(issuer.RowVersion);
        return TypedResults.Created($"/api/v1/issuers/{issuer.Id}", IssuerView.Of(issuer, await ExpiryAsync(issuer.Id, context, cancellationToken)));
    }

    private static async Task<Ok<Page<IssuerView>>> ListAsync([AsParameters] SortedPageQuery query, CertctlDbContext context, CancellationToken cancellationToken)
    {
        var expiries = await context.CertificateAuthorities.Where(a => a.Role == CertificateAuthorityRole.Issuing)
            .ToDictionaryAsync(a => a.IssuerId, a => (DateTimeOffset?)a.NotAfter, cancellationToken);
        return TypedResults.Ok(await Sorts.PageAsync(context.Issuers, query, i => IssuerView.Of(i, expiries.GetValueOrDefault(i.Id)), cancellationToken));
    }

    private static async Task<Results<Ok<IssuerView>, ProblemResult>> GetAsync(
        string id, CertctlDbContext context, HttpContext http, CancellationToken cancellationToken)
    {
        if (await context.Issuers.AsNoTracking().SingleOrDefaultAsync(i => i.Id == id, cancellationToken) is not { } issuer) return Problem.NotFound("issuer", id);
        http.SetETag(issuer.RowVersion);
        return TypedResults.Ok(IssuerView.Of(issuer, await ExpiryAsync(id, context, cancellationToken)));
    }

    private static async Task<Results<Ok<IssuerView>, ProblemResult>> ChangeAsync(
        string id, ChangeIssuer request, CertctlDbContext context, AuditTrail audit, HttpContext http, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await context.LockAsync<Issuer>(id, cancellationToken) is not { } issuer) return Problem.NotFound("issuer", id);
        if (!http.IfMatchHolds(issuer.RowVersion)) return Problem.PreconditionFailed();
        if (request.Enabled is { IsGiven: true, Value: null }) return Problem.Validation("enabled", "must be true or false");
        if (request.Name.IsGiven) issuer.Name = request.Name.Value ?? "";
        issuer.Enabled = request.Enabled.Value ?? issuer.Enabled;
        issuer.UpdatedAt = time.GetUtcNow();
        if (await CheckAsync(issuer, context, cancellationToken) is { } problem) return problem;
        audit.Record("issuer_updated", "issuer", id, new { issuer.Name, issuer.Enabled });
        await context.SaveChangesAsync(cancellationToken);
        http.SetETag(issuer.RowVersion);
        return TypedResults.Ok(IssuerView.Of(issuer, await ExpiryAsync(id, context, cancellationToken)));
    }

    private static async Task<Results<NoContent, ProblemResult>> DeleteAsync(
        string id, CertctlDbContext context, AuditTrail audit, HttpContext http, CancellationToken cancellationToken)
    {
        if (await context.LockAsync<Issuer>(id, cancellationToken) is not { } issuer) return Problem.NotFound("issuer", id);
        if (!http.IfMatchHolds(issuer.RowVersion)) return Problem.PreconditionFailed();
        if (await context.Profiles.AnyAsync(p => p.IssuerId == id, cancellationToken) || await context.Certificates.AnyAsync(c => c.IssuerId == id, cancellationToken)
            || await context.CertificateAuthorities.AnyAsync(a => a.IssuerId == id, cancellationToken))
            return Problem.Conflict("Profiles, certificates or CA keys belong to this issuer; disable it instead.");
        context.Issuers.Remove(issuer);
        audit.Record("issuer_deleted", "issuer", id, new { issuer.Name });
        return TypedResults.NoContent();
    }

    private static Task<DateTimeOffset?> ExpiryAsync(string id, CertctlDbContext context, CancellationToken cancellationToken) =>
        context.CertificateAuthorities.Where(a => a.IssuerId == id && a.Role == CertificateAuthorityRole.Issuing)
            .Select(a => (DateTimeOffset?)a.NotAfter).SingleOrDefaultAsync(cancellationToken);

    private static async Task<ProblemResult?> CheckAsync(Issuer issuer, CertctlDbContext context, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        errors.Required("name", issuer.Name, 255);
        errors.Check(issuer.Type == IssuerTypes.LocalCa, "type", $"must be {IssuerTypes.LocalCa}");
        if (errors.Problem is { } problem) return problem;
        return await context.Issuers.AnyAsync(i => i.Name == issuer.Name && i.Id != issuer.Id, cancellationToken)
            ? Problem.Conflict($"There is an issuer named '{issuer.Name}' already.")
            : null;
    }
}
