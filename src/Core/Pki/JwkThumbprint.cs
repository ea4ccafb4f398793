using System.Buffers.Text;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;

namespace Certctl.Core.Pki;

/// <summary>RFC 7638 thumbprints of certificates' keys, to be compared with those of account keys.</summary>
public static class JwkThumbprint
{
    /// <summary>SHA-256 over the JWK's required members, base64url.</summary>
    public static string Of(SubjectPublicKey key) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(key.Kind switch
    {
        KeyKind.Ecdsa => Ec(key),
        KeyKind.Rsa => Rsa(key),
        _ => $$"""{"crv":"Ed25519","kty":"OKP","x":"{{Base64Url.EncodeToString(key.Bits.Span)}}"}""",
    })));

    /// <summary>The bits are an uncompressed point: 4, then the coordinates (RFC 5480 2.2).</summary>
    private static string Ec(SubjectPublicKey key)
    {
        var length = (key.Bits.Length - 1) / 2;
        var point = key.Bits.Span[1..];
        return $$"""{"crv":"P-{{key.Size}}","kty":"EC","x":"{{Base64Url.EncodeToString(point[..length])}}","y":"{{Base64Url.EncodeToString(point[length..])}}"}""";
    }

    private static string Rsa(SubjectPublicKey key)
    {
        var numbers = new AsnReader(key.Bits, AsnEncodingRules.DER).ReadSequence();
        var modulus = numbers.ReadInteger().ToByteArray(isUnsigned: true, isBigEndian: true);
        var exponent = numbers.ReadInteger().ToByteArray(isUnsigned: true, isBigEndian: true);
        return $$"""{"e":"{{Base64Url.EncodeToString(exponent)}}","kty":"RSA","n":"{{Base64Url.EncodeToString(modulus)}}"}""";
    }
}
