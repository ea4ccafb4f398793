using Certctl.Api.Problems;
using Certctl.Core.Domain;
using Certctl.Core.Domain.Certificates;
using Certctl.Core.Domain.Names;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Domain.Renewals;
using Certctl.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Certificates;

/// <summary>Turns a request into a certificate that can be issued, or says by field why not.</summary>
internal sealed class NewCertificate(CertctlDbContext context, TimeProvider time)
{
    /// <summary>The certificate with its profile and policy, or the refusal.</summary>
    public async Task<(Accepted? Accepted, ProblemResult? Problem)> CheckAsync(CreateCertificate request, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        CertificateFields.CheckTexts(errors, request);
        var names = CertificateFields.Names(errors, request);
        CertificateFields.CheckKeyMode(errors, request);
        var references = new References(context, errors);
        await references.OwnerAsync(request.OwnerId, cancellationToken);
        await references.TeamAsync(request.TeamId, cancellationToken);
        await references.AgentAsync(request.AgentId, retiredToo: false, cancellationToken);
        var policy = await context.RenewalPolicies.AsNoTracking().SingleOrDefaultAsync(p => p.Id == request.RenewalPolicyId, cancellationToken);
        if (request.RenewalPolicyId is not null && policy is null) errors.Add("renewal_policy_id", "there is no renewal policy of this id");
        var profile = await CheckProfileAsync(errors, request, names, cancellationToken);
        if (errors.Problem is { } problem) return (null, problem);
        return await context.Certificates.AnyAsync(c => c.Name == request.Name, cancellationToken)
            ? (null, Problem.Conflict($"There is a certificate named '{request.Name}' already."))
            : (new Accepted(Build(request, profile!), profile!, policy!), null);
    }

    private async Task<CertificateProfile?> CheckProfileAsync(
        FieldErrors errors, CreateCertificate request, CertificateNames? names, CancellationToken cancellationToken)
    {
        if (request.ProfileId is null) return null;
        var found = await (
            from p in context.Profiles.AsNoTracking()
            join i in context.Issuers on p.IssuerId equals i.Id
            where p.Id == request.ProfileId
            select new { Profile = p, i.Enabled }).SingleOrDefaultAsync(cancellationToken);
        if (found is null)
        {
            errors.Add("profile_id", "there is no profile of this id");
            return null;
        }

        var profile = found.Profile;
        errors.Check(profile.Enabled, "profile_id", "this profile is disabled");
        errors.Check(found.Enabled, "issuer_id", "the profile's issuer is disabled");
        errors.Check(request.IssuerId is null || request.IssuerId == profile.IssuerId, "issuer_id", $"must be the profile's issuer, {profile.IssuerId}");
        if (names is null) return profile;
        foreach (var error in NamePolicy.Of(profile).Check(names.All)) errors.Add(CertificateFields.FieldOf(request, error.Name), error.Message);
        if (request is { KeyMode: KeyMode.Csr, CsrPem: not null } && CsrCheck.Refusal(request.CsrPem, names, profile) is { } refusal)
            errors.Add("csr_pem", refusal);
        return profile;
    }

    private ManagedCertificate Build(CreateCertificate request, CertificateProfile profile)
    {
        var now = time.GetUtcNow();
        return new ManagedCertificate
        {
            Id = Identifiers.New("mc", time),
            Name = request.Name!,
            CommonName = CertificateFields.Normalised(request.CommonName!),
            Sans = [.. (request.Sans ?? []).Select(s => CertificateFields.Normalised(s!)).Distinct()],
            Environment = request.Environment,
            OwnerId = request.OwnerId!,
            TeamId = request.TeamId!,
            IssuerId = profile.IssuerId,
            RenewalPolicyId = request.RenewalPolicyId!,
            CertificateProfileId = profile.Id,
            AgentId = request.AgentId,
            Status = CertificateStatus.Pending,
            Tags = CertificateFields.Tags(request.Tags),
            KeyMode = request.KeyMode ?? KeyMode.Server,
            CsrPem = request.CsrPem,
            CreatedAt = now,
            UpdatedAt = now,
        };
    }

    public sealed record Accepted(ManagedCertificate Certificate, CertificateProfile Profile, RenewalPolicy Policy);
}
