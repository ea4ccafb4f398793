using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Certctl.Core.Pki;

/// <summary>
/// A CA's private key, usable from many threads: each signature takes an instance from a pool, since the framework's key
/// types promise nothing about concurrent use.
/// </summary>
internal sealed class CaKey : X509SignatureGenerator, IDisposable
{
    private readonly byte[] pkcs8;
    private readonly HashAlgorithmName hash;
    private readonly byte[] algorithmIdentifier;
    private readonly InstancePool<ECDsa>? ecdsa;
    private readonly InstancePool<RSA>? rsa;

    private CaKey(SubjectPublicKey publicKey, byte[] pkcs8)
    {
        PublicKeyInfo = publicKey;
        this.pkcs8 = pkcs8;
        (hash, var oid) = publicKey switch
        {
            { Kind: KeyKind.Rsa } => (HashAlgorithmName.SHA256, Oids.Sha256WithRsa),
            { Size: 384 } => (HashAlgorithmName.SHA384, Oids.EcdsaWithSha384),
            _ => (HashAlgorithmName.SHA256, Oids.EcdsaWithSha256),
        };
        algorithmIdentifier = Identifier(oid, withNull: publicKey.Kind == KeyKind.Rsa);
        if (publicKey.Kind == KeyKind.Rsa) rsa = new InstancePool<RSA>(OpenRsa);
        else ecdsa = new InstancePool<ECDsa>(OpenEcdsa);
    }

    public SubjectPublicKey PublicKeyInfo { get; }

    public HashAlgorithmName Hash => hash;

    /// <summary>DER AlgorithmIdentifier of what <see cref="Sign"/> makes.</summary>
    public ReadOnlySpan<byte> AlgorithmIdentifier => algorithmIdentifier;

    /// <exception cref="CaException">Not a key that certctl can sign with.</exception>
    public static CaKey FromPkcs8(ReadOnlySpan<byte> pkcs8)
    {
        using var key = Import(pkcs8);
        return SubjectPublicKey.TryParse(key.ExportSubjectPublicKeyInfo(), out var publicKey, out var error)
            ? new CaKey(publicKey, pkcs8.ToArray())
            : throw new CaException($"The CA's private key cannot be used: {error}.");
    }

    public byte[] ExportPkcs8() => [.. pkcs8];

    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        if (rsa is not null)
        {
            var signer = rsa.Rent();
            var signature = signer.SignData(data, hash, RSASignaturePadding.Pkcs1);
            rsa.Return(signer);
            return signature;
        }
        else
        {
            var signer = ecdsa!.Rent();
            var signature = signer.SignData(data, hash, DSASignatureFormat.Rfc3279DerSequence);
            ecdsa.Return(signer);
            return signature;
        }
    }

    public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) => algorithmIdentifier;

    public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => Sign(data);

    protected override PublicKey BuildPublicKey() => System.Security.Cryptography.X509Certificates.PublicKey.CreateFromSubjectPublicKeyInfo(PublicKeyInfo.Info.Span, out _);

    public void Dispose()
    {
        ecdsa?.Dispose();
        rsa?.Dispose();
        CryptographicOperations.ZeroMemory(pkcs8);
    }

    private static AsymmetricAlgorithm Import(ReadOnlySpan<byte> pkcs8)
    {
        foreach (var key in new AsymmetricAlgorithm[] { ECDsa.Create(), RSA.Create() })
        {
            try
            {
                key.ImportPkcs8PrivateKey(pkcs8, out _);
                return key;
            }
            catch (CryptographicException)
            {
                key.Dispose();
            }
        }

        throw new CaException("The CA's private key is neither an EC nor an RSA key in PKCS#8.");
    }

    private ECDsa OpenEcdsa()
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return key;
    }

    private RSA OpenRsa()
    {
        var key = RSA.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return key;
    }

    private static byte[] Identifier(string oid, bool withNull)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            if (withNull) writer.WriteNull();
        }

        return writer.Encode();
    }
}
