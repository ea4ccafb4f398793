using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;

namespace Certctl.Rfc8555;

/// <summary>A key pair that signs JWS: an account's, or a certificate's for a revocation (RFC 8555 7.6).</summary>
public sealed class AcmeAccountKey : IDisposable
{
    private readonly Func<byte[], byte[]> sign;
    private readonly IDisposable? key;
    private readonly Lock gate = new();

    private AcmeAccountKey(string algorithm, string jwk, Func<byte[], byte[]> sign, IDisposable? key)
    {
        (Algorithm, Jwk, this.sign, this.key) = (algorithm, jwk, sign, key);
        Thumbprint = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(jwk)));
    }

    /// <summary>The JWS "alg" (RFC 7518 3.1, RFC 8037 3.1).</summary>
    public string Algorithm { get; }

    /// <summary>The public key as JSON, its members in the order of RFC 7638, so that its hash is the thumbprint.</summary>
    public string Jwk { get; }

    /// <summary>RFC 7638, SHA-256, base64url.</summary>
    public string Thumbprint { get; }

    public static AcmeAccountKey Es256() => FromEcdsa(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public static AcmeAccountKey Es384() => FromEcdsa(ECDsa.Create(ECCurve.NamedCurves.nistP384));

    public static AcmeAccountKey Es512() => FromEcdsa(ECDsa.Create(ECCurve.NamedCurves.nistP521));

    public static AcmeAccountKey Rs256(int bits = 2048) => FromRsa(RSA.Create(bits), "RS256", RSASignaturePadding.Pkcs1);

    public static AcmeAccountKey Ps256(int bits = 2048) => FromRsa(RSA.Create(bits), "PS256", RSASignaturePadding.Pss);

    /// <summary>"EdDSA" with Ed25519 (RFC 8037).</summary>
    public static AcmeAccountKey EdDsa()
    {
        var pair = new Ed25519PrivateKeyParameters(new SecureRandom());
        var x = Base64Url.EncodeToString(pair.GeneratePublicKey().GetEncoded());
        return new AcmeAccountKey("EdDSA", $$"""{"crv":"Ed25519","kty":"OKP","x":"{{x}}"}""", Sign, null);

        byte[] Sign(byte[] data)
        {
            var signer = new Ed25519Signer();
            signer.Init(forSigning: true, pair);
            signer.BlockUpdate(data, 0, data.Length);
            return signer.GenerateSignature();
        }
    }

    /// <summary>Takes the key over. Its curve decides the algorithm.</summary>
    public static AcmeAccountKey FromEcdsa(ECDsa key)
    {
        var q = key.ExportParameters(includePrivateParameters: false).Q;
        var (algorithm, curve, hash) = key.KeySize switch
        {
            256 => ("ES256", "P-256", HashAlgorithmName.SHA256),
            384 => ("ES384", "P-384", HashAlgorithmName.SHA384),
            _ => ("ES512", "P-521", HashAlgorithmName.SHA512),
        };
        var jwk = $$"""{"crv":"{{curve}}","kty":"EC","x":"{{Base64Url.EncodeToString(q.X)}}","y":"{{Base64Url.EncodeToString(q.Y)}}"}""";
        return new AcmeAccountKey(algorithm, jwk, data => key.SignData(data, hash), key);
    }

    /// <summary>Takes the key over.</summary>
    public static AcmeAccountKey FromRsa(RSA key, string algorithm, RSASignaturePadding padding)
    {
        var p = key.ExportParameters(includePrivateParameters: false);
        var jwk = $$"""{"e":"{{Base64Url.EncodeToString(p.Exponent)}}","kty":"RSA","n":"{{Base64Url.EncodeToString(p.Modulus)}}"}""";
        return new AcmeAccountKey(algorithm, jwk, data => key.SignData(data, HashAlgorithmName.SHA256, padding), key);
    }

    /// <summary>May be called from several threads at once.</summary>
    public byte[] Sign(byte[] data)
    {
        lock (gate) return sign(data);
    }

    /// <summary>RFC 8555 8.1.</summary>
    public string KeyAuthorization(string token) => token + "." + Thumbprint;

    public void Dispose() => key?.Dispose();
}
