using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace Certctl.Core.Pki;

/// <summary>Reads CA certificates and keys, and refuses with a reason what could not sign or would not verify.</summary>
internal static class CaLoader
{
    public static CertificateAuthority Assemble(string certificatesPem, CaKey key)
    {
        try
        {
            var certificates = ReadCertificates(certificatesPem);
            CheckIsCa(certificates[0]);
            if (!certificates[0].PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.PublicKeyInfo.Info.Span))
                throw new CaException($"The private key does not belong to the CA certificate ({certificates[0].Subject}).");
            for (var i = 1; i < certificates.Count; i++) CheckIssued(certificates[i - 1], certificates[i], i);
            return new CertificateAuthority(certificates[0], [.. certificates.Skip(1)], key);
        }
        catch (CaException)
        {
            key.Dispose();
            throw;
        }
        catch (Exception e)
        {
            // A file that is a certificate on the outside only: the libraries tell of it in a dozen ways.
            key.Dispose();
            throw new CaException($"The CA certificate file cannot be read: {e.Message}", e);
        }
    }

    public static CaKey ReadKey(string pem)
    {
        if (pem.Contains("ENCRYPTED", StringComparison.Ordinal))
            throw new CaException("The CA's private key is protected by a passphrase; give it without one, readable by certctl's user only.");
        foreach (var algorithm in new AsymmetricAlgorithm[] { ECDsa.Create(), RSA.Create() })
        {
            using (algorithm)
            {
                try
                {
                    algorithm.ImportFromPem(pem);
                    return Take(algorithm.ExportPkcs8PrivateKey());
                }
                catch (Exception e) when (e is not CaException)
                {
                    // Of the other kind, or of none: an unknown curve, for one, is a PlatformNotSupportedException.
                }
            }
        }

        throw new CaException("The CA's private key is not one EC or RSA key in PEM (PKCS#8, SEC 1 or PKCS#1).");
    }

    private static CaKey Take(byte[] pkcs8)
    {
        try
        {
            return CaKey.FromPkcs8(pkcs8);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private static X509Certificate2Collection ReadCertificates(string pem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new CaException("The CA certificate file has a CERTIFICATE block that is not a certificate.", e);
        }

        return certificates.Count > 0 ? certificates : throw new CaException("The CA certificate file has no CERTIFICATE block in PEM.");
    }

    private static void CheckIsCa(X509Certificate2 certificate)
    {
        if (certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is not { CertificateAuthority: true })
            throw new CaException($"The certificate ({certificate.Subject}) is not a CA's: its basic constraints do not say CA.");
        if (certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault() is { } usage && !usage.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign))
            throw new CaException($"The CA certificate ({certificate.Subject}) may not sign certificates: its key usage lacks keyCertSign.");
    }

    private static void CheckIssued(X509Certificate2 certificate, X509Certificate2 issuer, int position)
    {
        if (!certificate.IssuerName.RawData.AsSpan().SequenceEqual(issuer.SubjectName.RawData))
            throw new CaException($"Certificate {position + 1} of the CA file ({issuer.Subject}) is not the issuer of the one before it ({certificate.Issuer}).");
        CheckIsCa(issuer);
        try
        {
            new X509CertificateParser().ReadCertificate(certificate.RawData)
                .Verify(PublicKeyFactory.CreateKey(issuer.PublicKey.ExportSubjectPublicKeyInfo()));
        }
        catch (Org.BouncyCastle.Security.GeneralSecurityException e)
        {
            throw new CaException($"Certificate {position + 1} of the CA file ({issuer.Subject}) did not sign the one before it.", e);
        }
    }
}
