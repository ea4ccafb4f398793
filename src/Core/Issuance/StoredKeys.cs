using Certctl.Core.Hosting.Settings;
using Certctl.Core.Persistence;
using Certctl.Core.Pki;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Core.Issuance;

/// <summary>Whether this process can open what the database has: asked before it serves, since with another key-encryption key
/// (a restored database, a mistyped variable) it could sign nothing and would seal new secrets beside those it cannot read.</summary>
internal sealed class StoredKeys(CertctlDbContext context, SecretBox secrets)
{
    /// <exception cref="SettingsException">A CA key cannot be opened.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        foreach (var authority in await context.CertificateAuthorities.AsNoTracking().Where(a => a.EncryptedKey != null).ToListAsync(cancellationToken))
        {
            try
            {
                var key = secrets.Open(new EncryptedSecret(authority.KeyEncryptionKeyId!, authority.EncryptedKey!), IssuerStore.SealedFor(authority.Id));
                System.Security.Cryptography.CryptographicOperations.ZeroMemory(key);
            }
            catch (SecretBoxException e)
            {
                throw new SettingsException([
                    "CERTCTL_CONFIG_ENCRYPTION_KEY is refused: what is stored was sealed under another key. Set the former one, here or among "
                    + $"CERTCTL_CONFIG_ENCRYPTION_KEYS_PREVIOUS. The key of the CA {authority.Id}: {e.Message}"]);
            }
        }
    }
}
