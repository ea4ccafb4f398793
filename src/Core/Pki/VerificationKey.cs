using System.Numerics;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Certctl.Core.Pki;

/// <summary>
/// A public key that verifies JWS signatures (RFC 7518 3, RFC 8037 3). Made from the parameters of a JWK, checked as they come.
/// Safe for use from many threads; importing one costs more than verifying with it, so keep it.
/// </summary>
public sealed class VerificationKey
{
    /// <summary>Smallest and largest RSA modulus, in bits.</summary>
    public const int MinRsaBits = 2048;
    public const int MaxRsaBits = 4096;

    private readonly Dictionary<string, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>, bool>> verifiers;

    private VerificationKey(byte[] info, Dictionary<string, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>, bool>> verifiers) =>
        (SubjectPublicKeyInfo, this.verifiers, Algorithms) = (info, verifiers, [.. verifiers.Keys]);

    /// <summary>DER, to be compared with a certificate's key to the byte.</summary>
    public ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; }

    /// <summary>JWS algorithms that fit the key.</summary>
    public IReadOnlyList<string> Algorithms { get; }

    /// <summary>Whether the signature over these bytes is this key's. False for an algorithm that does not fit.</summary>
    /// <param name="algorithm">RS256, PS256, ES256, ES384, ES512 or EdDSA; signatures of ES* are r and s, one after the other.</param>
    public bool Verify(string algorithm, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> signature) =>
        verifiers.TryGetValue(algorithm, out var verify) && verify(data, signature);

    /// <summary>Modulus and exponent, big-endian without leading zeros. The error says what is wrong.</summary>
    public static (VerificationKey? Key, string? Error) FromRsa(byte[] modulus, byte[] exponent)
    {
        if (modulus.Length == 0 || modulus[0] == 0 || exponent.Length == 0 || exponent[0] == 0) return (null, "n and e must have no leading zeros (RFC 7518 2)");
        var n = new BigInteger(modulus, isUnsigned: true, isBigEndian: true);
        var e = new BigInteger(exponent, isUnsigned: true, isBigEndian: true);
        if (n.GetBitLength() is < MinRsaBits or > MaxRsaBits) return (null, $"the RSA key has {n.GetBitLength()} bits; {MinRsaBits} to {MaxRsaBits} are accepted");
        if (exponent.Length > 8 || e.IsEven || e < 65537) return (null, "the RSA exponent must be an odd number from 65537 up to 64 bits");
        if (RsaModulus.HasSmallFactor(n)) return (null, "the RSA modulus has a small factor");
        var parameters = new RSAParameters { Modulus = modulus, Exponent = exponent };
        var pool = new InstancePool<RSA>(() => RSA.Create(parameters));
        return Imported(() => new VerificationKey(With(pool, k => k.ExportSubjectPublicKeyInfo()), new()
        {
            ["RS256"] = (data, signature) => With(pool, k => k.VerifyData(data.Span, signature.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            ["PS256"] = (data, signature) => With(pool, k => k.VerifyData(data.Span, signature.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)),
        }), "the RSA key cannot be used");
    }

    /// <summary>A point by its curve's name (RFC 7518 6.2.1.1) and coordinates of full length. The error says what is wrong.</summary>
    public static (VerificationKey? Key, string? Error) FromEc(string curveName, byte[] x, byte[] y)
    {
        (ECCurve Curve, int Length, string Algorithm, HashAlgorithmName Hash)? known = curveName switch
        {
            "P-256" => (ECCurve.NamedCurves.nistP256, 32, "ES256", HashAlgorithmName.SHA256),
            "P-384" => (ECCurve.NamedCurves.nistP384, 48, "ES384", HashAlgorithmName.SHA384),
            "P-521" => (ECCurve.NamedCurves.nistP521, 66, "ES512", HashAlgorithmName.SHA512),
            _ => null,
        };
        if (known is not { } curve) return (null, "the curve is not supported; use P-256, P-384 or P-521");
        if (x.Length != curve.Length || y.Length != curve.Length) return (null, $"coordinates on {curveName} have {curve.Length} octets");
        var parameters = new ECParameters { Curve = curve.Curve, Q = new ECPoint { X = x, Y = y } };
        var pool = new InstancePool<ECDsa>(() => ECDsa.Create(parameters));
        // The import checks that the point lies on the curve.
        return Imported(() => new VerificationKey(With(pool, k => k.ExportSubjectPublicKeyInfo()), new()
        {
            [curve.Algorithm] = (data, signature) => signature.Length == 2 * curve.Length
                && With(pool, k => k.VerifyData(data.Span, signature.Span, curve.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)),
        }), $"the point does not lie on {curveName}");
    }

    /// <summary>An Ed25519 key of 32 octets. The error says what is wrong.</summary>
    public static (VerificationKey? Key, string? Error) FromEd25519(byte[] x)
    {
        if (x.Length != Ed25519PublicKeyParameters.KeySize) return (null, "an Ed25519 public key has 32 octets");
        return Imported(() =>
        {
            var key = new Ed25519PublicKeyParameters(x);
            byte[] info = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00, .. x];
            return new VerificationKey(info, new()
            {
                ["EdDSA"] = (data, signature) =>
                {
                    var verifier = new Ed25519Signer();
                    verifier.Init(forSigning: false, key);
                    verifier.BlockUpdate(data.Span);
                    return verifier.VerifySignature(signature.ToArray());
                },
            });
        }, "the Ed25519 key is not a point of its curve");
    }

    private static (VerificationKey?, string?) Imported(Func<VerificationKey> import, string error)
    {
        try
        {
            return (import(), null);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return (null, error);
        }
    }

    private static T With<TKey, T>(InstancePool<TKey> pool, Func<TKey, T> use) where TKey : IDisposable
    {
        var key = pool.Rent();
        try
        {
            return use(key);
        }
        finally
        {
            pool.Return(key);
        }
    }
}
