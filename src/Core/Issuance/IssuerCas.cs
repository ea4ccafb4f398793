using System.Security.Cryptography;
using Certctl.Core.Domain.Issuers;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Hosting.Settings;
using Certctl.Core.Persistence;
using Certctl.Core.Pki;

namespace Certctl.Core.Issuance;

/// <summary>Makes the CAs of an issuer, or takes over the operator's own where configured (sub-CA mode).</summary>
public sealed class IssuerCas(CertctlDbContext context, SecretBox secrets, PkiUrls urls, CaSettings settings, TimeProvider time)
{
    private static readonly TimeSpan RootLifetime = TimeSpan.FromDays(3650);
    private static readonly TimeSpan IssuingLifetime = TimeSpan.FromDays(1825);

    /// <summary>Whether issuers get the operator's CA, of which there is one.</summary>
    public bool IsSubCa => settings.CertPath is not null || settings.KeyPath is not null;

    /// <summary>Adds the issuer's CAs to the context, to be saved with the issuer.</summary>
    /// <exception cref="SettingsException">The operator's CA cannot be used; the message says why.</exception>
    public void AddFor(Issuer issuer)
    {
        if (IsSubCa) AddOperatorsCa(issuer);
        else AddNewCa(issuer);
    }

    private void AddNewCa(Issuer issuer)
    {
        var now = time.GetUtcNow();
        using var root = CaFactory.CreateRoot($"certctl {issuer.Name} Root", KeyAlgorithms.EcdsaP384, now, RootLifetime);
        using var rootAuthority = root.Open();
        using var issuing = CaFactory.CreateIssuing(
            rootAuthority, $"certctl {issuer.Name} Issuing", KeyAlgorithms.EcdsaP256, now, IssuingLifetime,
            urls.CaCertificate(IssuerStore.RootId(issuer.Id)));
        using var issuingAuthority = issuing.Open();
        Add(issuer, IssuerStore.RootId(issuer.Id), CertificateAuthorityRole.Root, root.CertificatesPem, root.Pkcs8, rootAuthority.NotAfter);
        Add(issuer, issuer.Id, CertificateAuthorityRole.Issuing, issuing.CertificatesPem, issuing.Pkcs8, issuingAuthority.NotAfter);
    }

    private void AddOperatorsCa(Issuer issuer)
    {
        var certificates = Read("CERTCTL_CA_CERT_PATH", settings.CertPath);
        var key = Read("CERTCTL_CA_KEY_PATH", settings.KeyPath);
        try
        {
            using var authority = CertificateAuthority.FromPem(certificates, key, time.GetUtcNow());
            var pkcs8 = authority.ExportPkcs8();
            Add(issuer, issuer.Id, CertificateAuthorityRole.Issuing, certificates, pkcs8, authority.NotAfter);
            CryptographicOperations.ZeroMemory(pkcs8);
        }
        catch (CaException e)
        {
            throw new SettingsException([$"CERTCTL_CA_CERT_PATH={settings.CertPath} is refused: {e.Message}"]);
        }
    }

    private void Add(
        Issuer issuer, string id, CertificateAuthorityRole role, string certificatesPem, ReadOnlySpan<byte> pkcs8, DateTimeOffset notAfter)
    {
        var key = secrets.Seal(pkcs8, IssuerStore.SealedFor(id));
        context.CertificateAuthorities.Add(new StoredCertificateAuthority
        {
            Id = id,
            IssuerId = issuer.Id,
            Role = role,
            CertificatePem = certificatesPem,
            EncryptedKey = key.Ciphertext,
            KeyEncryptionKeyId = key.KeyId,
            NotAfter = notAfter,
            CreatedAt = time.GetUtcNow(),
        });
    }

    private static string Read(string variable, string? path)
    {
        try
        {
            return File.ReadAllText(path ?? throw new SettingsException([$"{variable} is missing: sub-CA mode needs certificate and key."]));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([$"{variable}={path} is refused: {e.Message}"]);
        }
    }
}
