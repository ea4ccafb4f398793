using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certctl.Core.Domain.Profiles;

namespace Certctl.Core.Pki;

/// <summary>A new CA as it is stored: certificates in PEM, its own first, and its private key. Disposing overwrites the key.</summary>
public sealed class NewCa(string certificatesPem, GeneratedKey key) : IDisposable
{
    public string CertificatesPem { get; } = certificatesPem;

    /// <summary>DER PrivateKeyInfo, to be sealed.</summary>
    public ReadOnlySpan<byte> Pkcs8 => key.Pkcs8;

    public CertificateAuthority Open() => CertificateAuthority.FromStore(CertificatesPem, key.Pkcs8);

    public void Dispose() => key.Dispose();
}

/// <summary>Makes certctl's own root and issuing CAs (RFC 5280 4.2.1).</summary>
public static class CaFactory
{
    /// <param name="algorithm">ECDSA or RSA, as <see cref="KeyAlgorithms"/> spells it.</param>
    public static NewCa CreateRoot(string commonName, string algorithm, DateTimeOffset now, TimeSpan lifetime)
    {
        var key = Generate(algorithm);
        using var signer = CaKey.FromPkcs8(key.Pkcs8);
        var name = Name(commonName);
        var request = Request(name, key.PublicKey, signer.Hash, pathLength: null);
        request.CertificateExtensions.Add(AuthorityKeyIdentifier(key.PublicKey.Identifier.Span));
        return new NewCa(PemText.Certificate(Sign(request, name, signer, Validity.Starting(now, lifetime))), key);
    }

    /// <summary>An issuing CA that may sign leaves only. It ends no later than the root.</summary>
    /// <param name="rootCertificateUrl">Where the root's certificate is served in DER (AIA caIssuers).</param>
    public static NewCa CreateIssuing(
        CertificateAuthority root, string commonName, string algorithm, DateTimeOffset now, TimeSpan lifetime,
        Uri rootCertificateUrl, Uri? rootCrlUrl = null)
    {
        var key = Generate(algorithm);
        var request = Request(Name(commonName), key.PublicKey, root.Key.Hash, pathLength: 0);
        request.CertificateExtensions.Add(AuthorityKeyIdentifier(root.KeyIdentifier.Span));
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(ocspUris: null, caIssuersUris: [rootCertificateUrl.AbsoluteUri]));
        if (rootCrlUrl is not null) request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([rootCrlUrl.AbsoluteUri]));
        var validity = Validity.Starting(now, lifetime).Within(root);
        return new NewCa(PemText.Certificate(Sign(request, root.SubjectName, root.Key, validity)) + root.Pem, key);
    }

    private static GeneratedKey Generate(string algorithm) => algorithm == KeyAlgorithms.Ed25519
        ? throw new ArgumentException("CA keys are ECDSA or RSA: the framework does not sign with Ed25519.", nameof(algorithm))
        : KeyGenerator.Generate(algorithm);

    private static X500DistinguishedName Name(string commonName)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(commonName);
        return builder.Build();
    }

    private static CertificateRequest Request(X500DistinguishedName name, SubjectPublicKey key, HashAlgorithmName hash, int? pathLength)
    {
        var request = new CertificateRequest(name, PublicKey.CreateFromSubjectPublicKeyInfo(key.Info.Span, out _), hash);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: pathLength is not null, pathLengthConstraint: pathLength ?? 0, critical: true));
        // digitalSignature is for OCSP answers, which the CA signs itself.
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(key.Identifier.Span, critical: false));
        return request;
    }

    private static X509AuthorityKeyIdentifierExtension AuthorityKeyIdentifier(ReadOnlySpan<byte> identifier) =>
        X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(identifier);

    private static byte[] Sign(CertificateRequest request, X500DistinguishedName issuer, CaKey signer, Validity validity)
    {
        using var certificate = request.Create(issuer, signer, validity.NotBefore, validity.NotAfter, SerialNumber.Random().ToDer());
        return certificate.RawData;
    }
}
