using Certctl.Core.Domain.Names;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Persistence;
using Certctl.Core.Pki;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Core.Issuance;

/// <summary>What all certificates of one issuer and profile have in common while a chunk is issued.</summary>
internal sealed record IssuanceContext(CertificateProfile Profile, NamePolicy Names, LeafTemplate? Template, string? Refusal);

/// <summary>Reads profiles afresh for each chunk, so that a change of a profile binds at once.</summary>
internal sealed class IssuanceContexts(CertctlDbContext database, IssuerStore issuers, PkiUrls urls)
{
    /// <summary>The context of every issuer and profile among the requests.</summary>
    public async Task<Dictionary<(string IssuerId, string ProfileId), IssuanceContext>> LoadAsync(
        IEnumerable<IssuanceRequest> requests, CancellationToken cancellationToken)
    {
        var pairs = requests.Select(r => (r.IssuerId, r.ProfileId)).Distinct().ToList();
        var profileIds = pairs.Select(p => p.ProfileId).ToArray();
        var profiles = await database.Profiles.AsNoTracking().Where(p => profileIds.Contains(p.Id)).ToDictionaryAsync(p => p.Id, cancellationToken);
        var issuerIds = pairs.Select(p => p.IssuerId).ToArray();
        var enabled = await database.Issuers.Where(i => issuerIds.Contains(i.Id) && i.Enabled).Select(i => i.Id).ToListAsync(cancellationToken);
        var contexts = new Dictionary<(string, string), IssuanceContext>();
        foreach (var (issuerId, profileId) in pairs)
            contexts[(issuerId, profileId)] = await CreateAsync(profiles[profileId], issuerId, enabled.Contains(issuerId), cancellationToken);
        return contexts;
    }

    private async Task<IssuanceContext> CreateAsync(CertificateProfile profile, string issuerId, bool enabled, CancellationToken cancellationToken)
    {
        var names = new NamePolicy(profile.AllowedDomains, profile.AllowWildcards, profile.AllowIpAddresses);
        var (authority, problem) = await FindAuthorityAsync(issuerId, cancellationToken);
        var refusal = problem is not null ? $"issuer {issuerId} cannot sign: {problem}"
            : authority is null ? $"issuer {issuerId} has no CA that can sign"
            : !enabled ? $"issuer {issuerId} is disabled"
            : !profile.Enabled ? $"profile {profile.Id} is disabled"
            : profile.IssuerId != issuerId ? $"profile {profile.Id} issues from {profile.IssuerId}, not from {issuerId}"
            : null;
        var template = authority is null ? null : new LeafTemplate(authority, new LeafSettings(
            profile.AllowedEkus, urls.CaCertificate(issuerId), urls.Ocsp(issuerId), urls.Crl(issuerId)));
        return new IssuanceContext(profile, names, template, refusal);
    }

    /// <summary>A key that cannot be opened here is a reason to be told, and no reason to fail other issuers' certificates.</summary>
    private async Task<(CertificateAuthority? Authority, string? Problem)> FindAuthorityAsync(string issuerId, CancellationToken cancellationToken)
    {
        try
        {
            return (await issuers.FindAsync(issuerId, cancellationToken), null);
        }
        catch (Exception e) when (e is SecretBoxException or CaException)
        {
            return (null, e.Message);
        }
    }
}
