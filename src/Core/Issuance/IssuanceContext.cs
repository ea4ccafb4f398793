using System.Collections.Concurrent;
using Certctl.Core.Domain.Names;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Persistence;
using Certctl.Core.Pki;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.Core.Issuance;

/// <summary>What all certificates of one issuer and profile have in common while a chunk is issued.</summary>
internal sealed record IssuanceContext(CertificateProfile Profile, NamePolicy Names, LeafTemplate? Template, string? Refusal);

/// <summary>Keeps the contexts of issuers and profiles for as long as neither is changed, which the claim of a renewal tells: a
/// change binds at once.</summary>
public sealed class IssuanceContexts
{
    /// <summary>SQL over <c>certificate_profiles p</c> and <c>issuers i</c>: the transactions that last changed the two rows.</summary>
    public const string Revision = "p.xmin::text || ' ' || i.xmin::text";

    private readonly ConcurrentDictionary<(string IssuerId, string ProfileId), (string Revision, IssuanceContext Context)> known = new();
    private readonly IServiceScopeFactory scopes;
    private readonly IssuerStore issuers;
    private readonly PkiUrls urls;

    internal IssuanceContexts(IServiceScopeFactory scopes, IssuerStore issuers, PkiUrls urls) => (this.scopes, this.issuers, this.urls) = (scopes, issuers, urls);

    /// <summary>The requests whose context is kept, each with its revision, and the contexts. Reads nothing.</summary>
    internal (IReadOnlyList<IssuanceRequest> Requests, Dictionary<(string IssuerId, string ProfileId), IssuanceContext> Contexts) Known(
        IEnumerable<IssuanceRequest> requests)
    {
        var (kept, contexts) = (new List<IssuanceRequest>(), new Dictionary<(string, string), IssuanceContext>());
        foreach (var request in requests)
        {
            if (!known.TryGetValue((request.IssuerId, request.ProfileId), out var context)) continue;
            kept.Add(request with { Revision = context.Revision });
            contexts[(request.IssuerId, request.ProfileId)] = context.Context;
        }

        return (kept, contexts);
    }

    /// <summary>The context of every issuer and profile among the requests.</summary>
    internal async ValueTask<Dictionary<(string IssuerId, string ProfileId), IssuanceContext>> LoadAsync(
        IEnumerable<IssuanceRequest> requests, CancellationToken cancellationToken)
    {
        var contexts = new Dictionary<(string, string), IssuanceContext>();
        foreach (var request in requests)
        {
            var pair = (request.IssuerId, request.ProfileId);
            if (contexts.ContainsKey(pair)) continue;
            contexts[pair] = known.TryGetValue(pair, out var kept) && kept.Revision == request.Revision
                ? kept.Context
                : await ReadAsync(request, cancellationToken);
        }

        return contexts;
    }

    private async Task<IssuanceContext> ReadAsync(IssuanceRequest request, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<CertctlDbContext>();
        var profile = await database.Profiles.AsNoTracking().SingleAsync(p => p.Id == request.ProfileId, cancellationToken);
        var enabled = await database.Issuers.AnyAsync(i => i.Id == request.IssuerId && i.Enabled, cancellationToken);
        var context = await CreateAsync(profile, request.IssuerId, enabled, cancellationToken);
        // A refusal may end without a change of the two rows: a CA comes, or its key can be opened. What was kept before is outdated all the same.
        if (context.Refusal is null) known[(request.IssuerId, request.ProfileId)] = (request.Revision, context);
        else known.TryRemove((request.IssuerId, request.ProfileId), out _);
        return context;
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
