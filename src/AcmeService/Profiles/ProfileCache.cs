using System.Collections.Concurrent;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Certctl.AcmeService.Profiles;

/// <summary>Profiles as requests need them, at most a second old: a change binds at once, and a burst reads one row a second.
/// Issuance reads the profile afresh.</summary>
public sealed class ProfileCache(IServiceScopeFactory scopes, TimeProvider time)
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(1);

    /// <summary>Unknown ids are remembered too; this bounds how many.</summary>
    private const int MaxEntries = 10_000;

    private readonly ConcurrentDictionary<string, Entry> entries = [];

    /// <summary>The profile, when it exists, is enabled and names what its ACME certificates get; else null.</summary>
    public async ValueTask<CertificateProfile?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (entries.TryGetValue(id, out var entry) && time.GetElapsedTime(entry.ReadAt) < Age) return entry.Profile;
        var readAt = time.GetTimestamp();
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<CertctlDbContext>();
        var profile = await context.Profiles.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id && p.Enabled
            && p.AcmeOwnerId != null && p.AcmeTeamId != null && p.AcmeRenewalPolicyId != null, cancellationToken);
        if (entries.Count >= MaxEntries) entries.Clear();
        entries[id] = new Entry(profile, readAt);
        return profile;
    }

    private sealed record Entry(CertificateProfile? Profile, long ReadAt);
}
