using Certctl.Core.Domain.Issuers;
using Certctl.Core.Hosting.Settings;
using Certctl.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Core.Issuance;

/// <summary>Gives every local issuer its CAs at the first start: the operator's own where configured, else a new root and issuing CA.</summary>
internal sealed class CaBootstrap(CertctlDbContext context, IssuerCas cas, TimeProvider time)
{
    /// <summary>Run inside a transaction that holds the preparation lock: replicas that start together make one CA.</summary>
    /// <exception cref="SettingsException">The operator's CA cannot be used; the message says why.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!await context.Issuers.AnyAsync(cancellationToken)) context.Issuers.Add(FirstIssuer());
        await context.SaveChangesAsync(cancellationToken);
        var bare = await context.Issuers
            .Where(i => i.Type == IssuerTypes.LocalCa && !context.CertificateAuthorities.Any(a => a.IssuerId == i.Id))
            .ToListAsync(cancellationToken);
        foreach (var issuer in bare) cas.AddFor(issuer);
        await context.SaveChangesAsync(cancellationToken);
    }

    private Issuer FirstIssuer() =>
        new() { Id = "iss-local", Name = "Local CA", CreatedAt = time.GetUtcNow(), UpdatedAt = time.GetUtcNow() };
}
