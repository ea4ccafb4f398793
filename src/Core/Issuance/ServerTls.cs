using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Certctl.Core.Domain.Access;
using Certctl.Core.Domain.Issuers;
using Certctl.Core.Domain.Names;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Hosting;
using Certctl.Core.Hosting.Settings;
using Certctl.Core.Persistence;
using Certctl.Core.Pki;
using Microsoft.EntityFrameworkCore;

namespace Certctl.Core.Issuance;

/// <summary>The servers' own certificate: the operator's file, or one that the product's own CA issues, keeps in the database
/// for every replica, and renews in its last third.</summary>
internal sealed class ServerTls(
    CertctlDbContext context, IssuerStore issuers, SecretBox secrets, ServerSettings settings, ServerCertificate shown, TimeProvider time)
{
    private const string Name = "server";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);

    /// <summary>Shows the current certificate to new connections, issuing or renewing it first where that is due, and
    /// writes the root to trust into the state folder.</summary>
    /// <exception cref="SettingsException">The operator's TLS files cannot be used.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (settings.TlsCertPath is not null || settings.TlsKeyPath is not null) ShowOperators();
        else await ShowOwnAsync(cancellationToken);
        await WriteRootAsync(cancellationToken);
    }

    private void ShowOperators()
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(settings.TlsCertPath!);
            shown.Show(X509Certificate2.CreateFromPemFile(settings.TlsCertPath!, settings.TlsKeyPath), chain);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SettingsException([$"CERTCTL_SERVER_TLS_CERT_PATH={settings.TlsCertPath} with CERTCTL_SERVER_TLS_KEY_PATH={settings.TlsKeyPath} is refused: {e.Message}"]);
        }
    }

    private async Task ShowOwnAsync(CancellationToken cancellationToken)
    {
        var stored = await context.TlsCertificates.FindAsync([Name], cancellationToken);
        if (stored is null || stored.NotAfter - time.GetUtcNow() < Lifetime / 3 || !Covers(stored))
        {
            stored = await IssueAsync(stored, cancellationToken);
            await context.SaveChangesAsync(cancellationToken);
        }

        var pkcs8 = secrets.Open(new EncryptedSecret(stored.KeyEncryptionKeyId, stored.EncryptedKey), SealedFor(Name));
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(stored.PemChain);
        shown.Show(X509Certificate2.CreateFromPem(stored.PemChain, PemText.PrivateKey(pkcs8)), chain);
        CryptographicOperations.ZeroMemory(pkcs8);
    }

    private async Task<TlsCertificate> IssueAsync(TlsCertificate? stored, CancellationToken cancellationToken)
    {
        var issuerId = await context.Issuers.Where(i => i.Type == IssuerTypes.LocalCa).OrderBy(i => i.CreatedAt).ThenBy(i => i.Id)
            .Select(i => i.Id).FirstAsync(cancellationToken);
        var authority = await issuers.FindAsync(issuerId, cancellationToken)
            ?? throw new InvalidOperationException($"Issuer {issuerId} has no CA.");
        if (!CertificateNames.TryParse("localhost", Names(), out var names, out var errors))
            throw new SettingsException([.. errors.Select(e => $"CERTCTL_PUBLIC_URL or CERTCTL_ACME_PUBLIC_URL is refused: {e.Message}")]);
        using var key = KeyGenerator.Generate(KeyAlgorithms.EcdsaP256);
        var leaf = new LeafTemplate(authority, new LeafSettings([ExtendedKeyUsages.ServerAuth])).Issue(new LeafRequest(
            key.PublicKey, names, Validity.Starting(time.GetUtcNow(), Lifetime), SerialNumber.Random()));
        var secret = secrets.Seal(key.Pkcs8, SealedFor(Name));
        if (stored is null)
        {
            stored = new TlsCertificate { Name = Name, PemChain = "", EncryptedKey = [], KeyEncryptionKeyId = "" };
            context.TlsCertificates.Add(stored);
        }

        stored.PemChain = leaf.ChainPem;
        stored.EncryptedKey = secret.Ciphertext;
        stored.KeyEncryptionKeyId = secret.KeyId;
        stored.NotAfter = leaf.Validity.NotAfter;
        return stored;
    }

    private bool Covers(TlsCertificate stored) =>
        CertificateFacts.FromPem(stored.PemChain) is { } facts
        && Names().All(name => facts.Names.Any(n => string.Equals(n.Value, name, StringComparison.OrdinalIgnoreCase)));

    private IEnumerable<string> Names()
    {
        var names = new List<string> { "localhost", "127.0.0.1", "::1" };
        if (settings.PublicUrl is { } publicUrl) names.Add(publicUrl.IdnHost);
        if (settings.AcmePublicUrl is { } acmeUrl) names.Add(acmeUrl.IdnHost);
        if (IPAddress.TryParse(settings.Host, out var address) && !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
            names.Add(address.ToString());
        return names.Distinct();
    }

    private async Task WriteRootAsync(CancellationToken cancellationToken)
    {
        if (settings.StateDir is null) return;
        var issuing = await context.CertificateAuthorities.Where(a => a.Role == CertificateAuthorityRole.Issuing)
            .OrderBy(a => a.CreatedAt).FirstAsync(cancellationToken);
        var authority = await issuers.FindAsync(issuing.IssuerId, cancellationToken);
        Directory.CreateDirectory(settings.StateDir);
        await File.WriteAllTextAsync(Path.Combine(settings.StateDir, "ca.pem"), authority?.RootPem ?? issuing.CertificatePem, cancellationToken);
    }

    /// <summary>The associated data that binds a sealed TLS key to its row.</summary>
    internal static byte[] SealedFor(string name) => Encoding.UTF8.GetBytes($"tls_certificates/{name}");
}
