using System.Formats.Asn1;
using System.Security.Cryptography;
using BouncyCastleEd25519 = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace Certctl.Core.Pki;

/// <summary>Verifies that a request was signed by the private key of the public key in it (RFC 2986 4.2).</summary>
internal static class ProofOfPossession
{
    private static readonly Dictionary<string, (KeyKind Kind, HashAlgorithmName Hash)> Algorithms = new()
    {
        [Oids.Sha256WithRsa] = (KeyKind.Rsa, HashAlgorithmName.SHA256),
        [Oids.Sha384WithRsa] = (KeyKind.Rsa, HashAlgorithmName.SHA384),
        [Oids.Sha512WithRsa] = (KeyKind.Rsa, HashAlgorithmName.SHA512),
        [Oids.EcdsaWithSha256] = (KeyKind.Ecdsa, HashAlgorithmName.SHA256),
        [Oids.EcdsaWithSha384] = (KeyKind.Ecdsa, HashAlgorithmName.SHA384),
        [Oids.EcdsaWithSha512] = (KeyKind.Ecdsa, HashAlgorithmName.SHA512),
        [Oids.Ed25519] = (KeyKind.Ed25519, default),
    };

    private static readonly Dictionary<string, string> Weak = new()
    {
        ["1.2.840.113549.1.1.4"] = "MD5 with RSA",
        ["1.2.840.113549.1.1.5"] = "SHA-1 with RSA",
        ["1.2.840.10045.4.1"] = "SHA-1 with ECDSA",
    };

    /// <summary>Null when the signature is good.</summary>
    public static CsrError? Problem(SubjectPublicKey key, AsnReader algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        var oid = algorithm.ReadObjectIdentifier();
        if (Weak.TryGetValue(oid, out var weak))
            return new CsrError(CsrErrorKind.UnacceptableSignatureAlgorithm, $"the request is signed with {weak}, which is too weak; use SHA-256 or better");
        if (!Algorithms.TryGetValue(oid, out var known))
            return new CsrError(CsrErrorKind.UnacceptableSignatureAlgorithm, $"the signature algorithm {oid} is not supported");
        if (known.Kind != key.Kind)
            return new CsrError(CsrErrorKind.BadSignature, $"the signature algorithm {oid} does not fit the request's {key.Algorithm} key");
        return Verify(key, known.Hash, signed, signature)
            ? null
            : new CsrError(CsrErrorKind.BadSignature, "the request's signature does not verify with its public key");
    }

    private static bool Verify(SubjectPublicKey key, HashAlgorithmName hash, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        try
        {
            switch (key.Kind)
            {
                case KeyKind.Ecdsa:
                    using (var ecdsa = ECDsa.Create())
                    {
                        ecdsa.ImportSubjectPublicKeyInfo(key.Info.Span, out _);
                        return ecdsa.VerifyData(signed, signature, hash, DSASignatureFormat.Rfc3279DerSequence);
                    }
                case KeyKind.Rsa:
                    using (var rsa = RSA.Create())
                    {
                        rsa.ImportSubjectPublicKeyInfo(key.Info.Span, out _);
                        return rsa.VerifyData(signed, signature, hash, RSASignaturePadding.Pkcs1);
                    }
                default:
                    return signature.Length == BouncyCastleEd25519.SignatureSize
                        && BouncyCastleEd25519.Verify(signature.ToArray(), 0, key.Bits.ToArray(), 0, signed.ToArray(), 0, signed.Length);
            }
        }
        catch (CryptographicException)
        {
            // An EC point off its curve, or numbers that OpenSSL will not take.
            return false;
        }
    }
}
