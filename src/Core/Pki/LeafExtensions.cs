using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certctl.Core.Domain.Names;

namespace Certctl.Core.Pki;

/// <summary>The extensions of a leaf: those that never change encoded once, subject key identifier and names per certificate.</summary>
internal sealed class LeafExtensions
{
    private static readonly Asn1Tag Outer = new(TagClass.ContextSpecific, 3);

    private readonly byte[][] constant;
    private readonly byte[] signingUsage = KeyUsage(X509KeyUsageFlags.DigitalSignature);
    private readonly byte[] rsaUsage = KeyUsage(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment);

    public LeafExtensions(LeafSettings settings, ReadOnlySpan<byte> authorityKeyIdentifier)
    {
        var list = new List<byte[]>
        {
            X509Der.Encode(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true)),
            X509Der.Encode(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(authorityKeyIdentifier)),
        };
        if (settings.ExtendedKeyUsages.Count > 0) list.Add(X509Der.Encode(Usages(settings.ExtendedKeyUsages)));
        if (settings.OcspUrl is not null || settings.CaIssuersUrl is not null)
            list.Add(X509Der.Encode(new X509AuthorityInformationAccessExtension(List(settings.OcspUrl), List(settings.CaIssuersUrl))));
        if (settings.CrlUrl is not null)
            list.Add(X509Der.Encode(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([settings.CrlUrl.AbsoluteUri])));
        // RFC 7633 6: SEQUENCE OF INTEGER with status_request (5).
        if (settings.MustStaple) list.Add(X509Der.Encode(new X509Extension(Oids.TlsFeature, [0x30, 0x03, 0x02, 0x01, 0x05], critical: false)));
        constant = [.. list];
    }

    public void Write(AsnWriter writer, SubjectPublicKey key, CertificateNames names)
    {
        using var outer = writer.PushSequence(Outer);
        using var sequence = writer.PushSequence();
        writer.WriteEncodedValue(key.Kind == KeyKind.Rsa ? rsaUsage : signingUsage);
        foreach (var extension in constant) writer.WriteEncodedValue(extension);
        WriteKeyIdentifier(writer, key.Identifier.Span);
        WriteNames(writer, names);
    }

    private static void WriteKeyIdentifier(AsnWriter writer, ReadOnlySpan<byte> identifier)
    {
        using var extension = writer.PushSequence();
        writer.WriteObjectIdentifier(Oids.SubjectKeyIdentifier);
        using var value = writer.PushOctetString();
        writer.WriteOctetString(identifier);
    }

    private static void WriteNames(AsnWriter writer, CertificateNames names)
    {
        using var extension = writer.PushSequence();
        writer.WriteObjectIdentifier(Oids.SubjectAltName);
        // RFC 5280 4.2.1.6: critical when the subject is empty.
        if (names.CommonName is null) writer.WriteBoolean(true);
        using var value = writer.PushOctetString();
        using var sequence = writer.PushSequence();
        foreach (var name in names.All) GeneralNames.Write(writer, name);
    }

    private static X509EnhancedKeyUsageExtension Usages(IReadOnlyList<string> names)
    {
        var oids = new OidCollection();
        foreach (var name in names)
        {
            if (!ExtendedKeyUsages.TryGetOid(name, out var oid) && !IsOid(name))
                throw new ArgumentException($"'{name}' is not an extended key usage ({string.Join(", ", ExtendedKeyUsages.Names)}) or an object identifier.");
            oids.Add(new Oid(oid ?? name));
        }

        return new X509EnhancedKeyUsageExtension(oids, critical: false);
    }

    private static bool IsOid(string text) => text.Split('.') is { Length: > 2 } arcs && arcs.All(arc => arc.Length is > 0 and < 10 && arc.All(char.IsAsciiDigit));

    private static byte[] KeyUsage(X509KeyUsageFlags flags) => X509Der.Encode(new X509KeyUsageExtension(flags, critical: true));

    private static string[]? List(Uri? url) => url is null ? null : [url.AbsoluteUri];
}
