using System.Formats.Asn1;
using System.Security.Cryptography;
using Certctl.Core.Domain.Names;

namespace Certctl.Core.Pki;

/// <summary>What all leaves of one issuer and profile have in common. URLs are left out of the certificate when null.</summary>
/// <param name="ExtendedKeyUsages">Object identifiers or the names in <see cref="ExtendedKeyUsages"/>.</param>
public sealed record LeafSettings(
    IReadOnlyList<string> ExtendedKeyUsages,
    Uri? CaIssuersUrl = null,
    Uri? OcspUrl = null,
    Uri? CrlUrl = null,
    bool MustStaple = false);

/// <summary>One leaf to sign. Whoever asks has checked the names against the profile and the proof of possession.</summary>
public sealed record LeafRequest(SubjectPublicKey PublicKey, CertificateNames Names, Validity Validity, SerialNumber SerialNumber);

/// <summary>A signed leaf. Its validity may be shorter than asked for: it stays within the issuer's.</summary>
public sealed record IssuedLeaf(SerialNumber SerialNumber, Validity Validity, byte[] Der, string ChainPem)
{
    /// <summary>Lower case hex SHA-256 of the certificate.</summary>
    public string FingerprintSha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Der));

    /// <summary>The leaf alone; <see cref="ChainPem"/> has the leaf first, then the issuing CA and what is above it.</summary>
    public string Pem => PemText.Certificate(Der);
}

/// <summary>
/// The hot path of issuance: everything constant is encoded once, a leaf adds serial, validity, names and key, and the CA signs
/// those bytes. Immutable and safe for use from many threads; keep one per issuer and profile.
/// </summary>
public sealed class LeafTemplate
{
    private readonly CertificateAuthority issuer;
    private readonly LeafExtensions extensions;

    /// <exception cref="ArgumentException">An extended key usage is neither a known name nor an object identifier.</exception>
    public LeafTemplate(CertificateAuthority issuer, LeafSettings settings)
    {
        this.issuer = issuer;
        extensions = new LeafExtensions(settings, issuer.KeyIdentifier.Span);
    }

    /// <exception cref="ArgumentException">The validity has no second within the issuer's.</exception>
    public IssuedLeaf Issue(LeafRequest request)
    {
        var validity = request.Validity.Within(issuer);
        if (validity.NotAfter < validity.NotBefore)
            throw new ArgumentException($"The issuing CA ({issuer.Subject}) is valid from {issuer.NotBefore:u} to {issuer.NotAfter:u} only.", nameof(request));

        var writer = new AsnWriter(AsnEncodingRules.DER, initialCapacity: 1024);
        WriteTbs(writer, request, validity);
        var tbs = writer.Encode();
        var signature = issuer.Sign(tbs);

        writer.Reset();
        X509Der.WriteSigned(writer, tbs, issuer.Key.AlgorithmIdentifier, signature);
        var der = writer.Encode();
        return new IssuedLeaf(request.SerialNumber, validity, der, PemText.Certificate(der) + issuer.ChainPem);
    }

    private void WriteTbs(AsnWriter writer, LeafRequest request, Validity validity)
    {
        using var _ = writer.PushSequence();
        var version = new Asn1Tag(TagClass.ContextSpecific, 0);
        writer.PushSequence(version);
        writer.WriteInteger(2);
        writer.PopSequence(version);

        request.SerialNumber.Write(writer);
        writer.WriteEncodedValue(issuer.Key.AlgorithmIdentifier);
        writer.WriteEncodedValue(issuer.SubjectName.RawData);
        writer.PushSequence();
        X509Der.WriteTime(writer, validity.NotBefore);
        X509Der.WriteTime(writer, validity.NotAfter);
        writer.PopSequence();
        WriteSubject(writer, request.Names.CommonName);
        writer.WriteEncodedValue(request.PublicKey.Info.Span);
        extensions.Write(writer, request.PublicKey, request.Names);
    }

    private static void WriteSubject(AsnWriter writer, string? commonName)
    {
        using var _ = writer.PushSequence();
        if (commonName is null) return;
        writer.PushSetOf();
        writer.PushSequence();
        writer.WriteObjectIdentifier(Oids.CommonName);
        writer.WriteCharacterString(UniversalTagNumber.UTF8String, commonName);
        writer.PopSequence();
        writer.PopSetOf();
    }
}
