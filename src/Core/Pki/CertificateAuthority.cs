using System.Security.Cryptography.X509Certificates;

namespace Certctl.Core.Pki;

/// <summary>A CA certificate or key that cannot be used; the message says what is wrong with which of them.</summary>
public sealed class CaException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// A CA that can sign: its certificate, the chain above it and its private key. Safe for use from many threads; keep one per
/// issuer for as long as the process lives.
/// </summary>
public sealed class CertificateAuthority : IDisposable
{
    private readonly CaKey key;

    internal CertificateAuthority(X509Certificate2 certificate, IReadOnlyList<X509Certificate2> above, CaKey key)
    {
        this.key = key;
        Der = certificate.RawData;
        Pem = PemText.Certificate(Der.Span);
        ChainPem = Pem + string.Concat(above.Where(c => !IsSelfIssued(c)).Select(c => PemText.Certificate(c.RawData)));
        RootPem = above.Append(certificate).LastOrDefault(IsSelfIssued) is { } root ? PemText.Certificate(root.RawData) : null;
        SubjectName = certificate.SubjectName;
        Subject = certificate.Subject;
        NotBefore = new DateTimeOffset(certificate.NotBefore.ToUniversalTime());
        NotAfter = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        KeyIdentifier = certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifierBytes
            ?? key.PublicKeyInfo.Identifier;
    }

    /// <summary>The CA's own certificate, as <c>.crt</c> answers serve it.</summary>
    public ReadOnlyMemory<byte> Der { get; }

    public string Pem { get; }

    /// <summary>What follows a leaf: this CA's certificate, then the intermediates above it; a root above them is left out.</summary>
    public string ChainPem { get; }

    /// <summary>The self-signed certificate at the top, or null when only the chain below it is known.</summary>
    public string? RootPem { get; }

    public string Subject { get; }

    public DateTimeOffset NotBefore { get; }

    public DateTimeOffset NotAfter { get; }

    /// <summary>The authority key identifier of what this CA signs.</summary>
    public ReadOnlyMemory<byte> KeyIdentifier { get; }

    /// <summary>The CA's public key.</summary>
    public SubjectPublicKey PublicKey => key.PublicKeyInfo;

    internal X500DistinguishedName SubjectName { get; }

    internal CaKey Key => key;

    /// <summary>A copy of the private key, DER PrivateKeyInfo, to be sealed; the caller overwrites it.</summary>
    internal byte[] ExportPkcs8() => key.ExportPkcs8();

    /// <summary>The CA's own key and the certificates kept with it, own certificate first. Expiry is not looked at: an expired CA still answers for what it issued.</summary>
    /// <exception cref="CaException">The key does not match, or the certificate is not a CA's.</exception>
    public static CertificateAuthority FromStore(string certificatesPem, ReadOnlySpan<byte> pkcs8) =>
        CaLoader.Assemble(certificatesPem, CaKey.FromPkcs8(pkcs8));

    /// <summary>The operator's CA (sub-CA mode): its certificate first, then those above it; an EC or RSA key in PKCS#8, SEC 1 or PKCS#1.</summary>
    /// <exception cref="CaException">The message says what is wrong with certificate or key.</exception>
    public static CertificateAuthority FromPem(string certificatesPem, string privateKeyPem, DateTimeOffset now)
    {
        var authority = CaLoader.Assemble(certificatesPem, CaLoader.ReadKey(privateKeyPem));
        if (now <= authority.NotAfter && now >= authority.NotBefore) return authority;
        authority.Dispose();
        throw new CaException(now > authority.NotAfter
            ? $"The CA certificate ({authority.Subject}) expired at {authority.NotAfter:yyyy-MM-dd HH:mm:ss}Z."
            : $"The CA certificate ({authority.Subject}) is not valid before {authority.NotBefore:yyyy-MM-dd HH:mm:ss}Z.");
    }

    /// <summary>Signs DER bytes with the CA's key: SHA-256, or SHA-384 for P-384; ECDSA signatures as RFC 3279 sequences.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data) => key.Sign(data);

    public void Dispose() => key.Dispose();

    private static bool IsSelfIssued(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
