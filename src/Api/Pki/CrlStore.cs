using Certctl.Core.Domain.Issuers;
using Certctl.Core.Issuance;
using Certctl.Core.Persistence;
using Certctl.Core.Pki;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Api.Pki;

/// <summary>The newest CRL of each issuer. Made again when a revocation has come or half its life is over, by one replica at a
/// time, so that CRL numbers only rise; every replica serves the same bytes.</summary>
internal sealed class CrlStore(CertctlDbContext database, IssuerStore issuers, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>The CRL that holds every revocation committed so far; null when the issuer has no CA.</summary>
    public async Task<CachedCrl?> FindAsync(string issuerId, CancellationToken cancellationToken)
    {
        if (await issuers.FindAsync(issuerId, cancellationToken) is not { } authority) return null;
        var cached = await database.CachedCrls.AsNoTracking().FirstOrDefaultAsync(c => c.IssuerId == issuerId, cancellationToken);
        return cached is not null && await IsCurrentAsync(cached, cancellationToken) ? cached : await RenewAsync(authority, issuerId, cancellationToken);
    }

    private async Task<bool> IsCurrentAsync(CachedCrl cached, CancellationToken cancellationToken) =>
        cached.NextUpdate - time.GetUtcNow() > Lifetime / 2
        && await database.Revocations.CountAsync(r => r.IssuerId == cached.IssuerId, cancellationToken) == cached.RevocationCount;

    private async Task<CachedCrl> RenewAsync(CertificateAuthority authority, string issuerId, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await database.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended('crl/' || {issuerId}, 0))", cancellationToken);
        var stored = await database.CachedCrls.FirstOrDefaultAsync(c => c.IssuerId == issuerId, cancellationToken);
        if (stored is not null && await IsCurrentAsync(stored, cancellationToken)) return stored;

        var now = time.GetUtcNow();
        var revocations = await database.Revocations.AsNoTracking().Where(r => r.IssuerId == issuerId)
            .Select(r => new { r.SerialNumber, r.RevokedAt, r.Reason, r.NotAfter }).ToListAsync(cancellationToken);
        // RFC 5280 3.3: an entry stays until it has been on one CRL after its certificate expired.
        var listed = revocations.Where(r => r.NotAfter > now - Lifetime).Select(r => new RevokedCertificate(
            Serial(r.SerialNumber), r.RevokedAt, RevocationReasons.TryParse(r.Reason, out var reason) ? reason : default));
        if (stored is null)
        {
            stored = new CachedCrl { IssuerId = issuerId, Der = [] };
            database.CachedCrls.Add(stored);
        }

        // RFC 5280 5.2.3: never lower than one that was published, also when the database is restored from an older dump.
        stored.CrlNumber = Math.Max(stored.CrlNumber + 1, now.ToUnixTimeMilliseconds());
        stored.RevocationCount = revocations.Count;
        stored.ThisUpdate = now;
        stored.NextUpdate = now + Lifetime;
        stored.Der = CrlBuilder.Build(authority, [.. listed], stored.CrlNumber, stored.ThisUpdate, stored.NextUpdate);
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return stored;
    }

    private static SerialNumber Serial(string text) =>
        SerialNumber.TryParse(text, out var serial) ? serial : throw new FormatException($"'{text}' is not a serial number.");
}
