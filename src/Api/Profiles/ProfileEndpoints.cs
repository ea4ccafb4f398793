using Certctl.Api.Access;
using Certctl.Api.Paging;
using Certctl.Api.Problems;
using Certctl.Api.Writes;
using Certctl.Core.Domain;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Profiles;

internal static class ProfileEndpoints
{
    private const int DefaultTtl = 90 * 86_400;

    private static readonly Sorting<CertificateProfile> Sorts =
        new Sorting<CertificateProfile>(p => p.Id, "name").By("name", p => p.Name).By("created_at", p => p.CreatedAt);

    public static void MapProfiles(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/profiles").WithTags("Profiles");
        group.MapPost("/", CreateAsync).RequireAuthorization(Policies.Admin).WithSummary("Create a profile");
        group.MapGet("/", ListAsync).RequireAuthorization(Policies.Viewer).WithSummary("List profiles");
        group.MapGet("/{id}", GetAsync).RequireAuthorization(Policies.Viewer).WithSummary("Read a profile");
        group.MapPatch("/{id}", ChangeAsync).RequireAuthorization(Policies.Admin).WithSummary("Change a profile");
        group.MapDelete("/{id}", DeleteAsync).RequireAuthorization(Policies.Admin).WithSummary("Delete a profile that nothing refers to");
    }

    private static async Task<Results<Created<ProfileView>, ProblemResult>> CreateAsync(
        CreateProfile request, CertctlDbContext context, AuditTrail audit, HttpContext http, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var profile = new CertificateProfile
        {
            Id = Identifiers.New("prof", time),
            Name = "",
            IssuerId = request.IssuerId ?? "",
            MaxTtlSeconds = DefaultTtl,
            CreatedAt = now,
            UpdatedAt = now,
        };
        var errors = new FieldErrors();
        errors.Required("issuer_id", request.IssuerId, Identifiers.MaxLength);
        await new References(context, errors).IssuerAsync(request.IssuerId, cancellationToken);
        ProfileFields.Apply(request, profile, errors);
        await AcmeFields.CheckReferencesAsync(request, context, errors, cancellationToken);
        if (await RefuseAsync(errors, profile, context, cancellationToken) is { } problem) return problem;
        context.Profiles.Add(profile);
        audit.Record("profile_created", "profile", profile.Id, ProfileView.Of(profile));
        await context.SaveChangesAsync(cancellationToken);
        http.SetETag(profile.RowVersion);
        return TypedResults.Created($"/api/v1/profiles/{profile.Id}", ProfileView.Of(profile));
    }

    private static async Task<Ok<Page<ProfileView>>> ListAsync([AsParameters] SortedPageQuery query, CertctlDbContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Sorts.PageAsync(context.Profiles, query, ProfileView.Of, cancellationToken));

    private static async Task<Results<Ok<ProfileView>, ProblemResult>> GetAsync(
        string id, CertctlDbContext context, HttpContext http, CancellationToken cancellationToken)
    {
        if (await context.Profiles.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, cancellationToken) is not { } profile) return Problem.NotFound("profile", id);
        http.SetETag(profile.RowVersion);
        return TypedResults.Ok(ProfileView.Of(profile));
    }

    private static async Task<Results<Ok<ProfileView>, ProblemResult>> ChangeAsync(
        string id, ChangeProfile request, CertctlDbContext context, AuditTrail audit, HttpContext http, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await context.LockAsync<CertificateProfile>(id, cancellationToken) is not { } profile) return Problem.NotFound("profile", id);
        if (!http.IfMatchHolds(profile.RowVersion)) return Problem.PreconditionFailed();
        var errors = new FieldErrors();
        ProfileFields.Apply(request, profile, errors);
        await AcmeFields.CheckReferencesAsync(request, context, errors, cancellationToken);
        if (await RefuseAsync(errors, profile, context, cancellationToken) is { } problem) return problem;
        profile.UpdatedAt = time.GetUtcNow();
        audit.Record("profile_updated", "profile", id, ProfileView.Of(profile));
        await context.SaveChangesAsync(cancellationToken);
        http.SetETag(profile.RowVersion);
        return TypedResults.Ok(ProfileView.Of(profile));
    }

    private static async Task<Results<NoContent, ProblemResult>> DeleteAsync(
        string id, CertctlDbContext context, AuditTrail audit, HttpContext http, CancellationToken cancellationToken)
    {
        if (await context.LockAsync<CertificateProfile>(id, cancellationToken) is not { } profile) return Problem.NotFound("profile", id);
        if (!http.IfMatchHolds(profile.RowVersion)) return Problem.PreconditionFailed();
        if (await context.Certificates.AnyAsync(c => c.CertificateProfileId == id, cancellationToken))
            return Problem.Conflict("Certificates were issued under this profile; disable it instead.");
        if (await context.AcmeAccounts.AnyAsync(a => a.ProfileId == id, cancellationToken) || await context.AcmeEabKeys.AnyAsync(k => k.ProfileId == id, cancellationToken))
            return Problem.Conflict("ACME accounts or EAB keys belong to this profile; disable it instead.");
        context.Profiles.Remove(profile);
        audit.Record("profile_deleted", "profile", id, new { profile.Name });
        return TypedResults.NoContent();
    }

    private static async Task<ProblemResult?> RefuseAsync(
        FieldErrors errors, CertificateProfile profile, CertctlDbContext context, CancellationToken cancellationToken)
    {
        if (errors.Problem is { } problem) return problem;
        return await context.Profiles.AnyAsync(p => p.Name == profile.Name && p.Id != profile.Id, cancellationToken)
            ? Problem.Conflict($"There is a profile named '{profile.Name}' already.")
            : null;
    }
}
