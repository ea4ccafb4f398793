using System.Numerics;
using System.Security.Cryptography;
using Certctl.Core.Pki;
using Certctl.UnitTests.AcmeService.Protocol;

namespace Certctl.UnitTests.Pki;

public sealed class VerificationKeyTests
{
    private static readonly byte[] Data = "what is signed"u8.ToArray();
    private static readonly byte[] Exponent = [1, 0, 1];
    private static readonly BigInteger P256Prime = BigInteger.Parse("115792089210356248762697446949407573530086143415290314195533631308867097853951");
    private static readonly BigInteger P256B = BigInteger.Parse("41058363725152142129326129780047268409114441015993725554835256314039467401291");

    [Theory]
    [InlineData("ES256", "P-256")]
    [InlineData("ES384", "P-384")]
    [InlineData("ES512", "P-521")]
    public void Signature_of_an_EC_key_is_r_and_s_of_full_length(string algorithm, string curve)
    {
        var (ecdsa, hash) = Make(curve);
        using var signer = ecdsa;
        var q = signer.ExportParameters(false).Q;
        var (key, error) = VerificationKey.FromEc(curve, q.X!, q.Y!);
        Assert.Null(error);
        Assert.Equal([algorithm], key!.Algorithms);
        Assert.Equal(signer.ExportSubjectPublicKeyInfo(), key.SubjectPublicKeyInfo.ToArray());
        var signature = signer.SignData(Data, hash);
        Assert.True(key.Verify(algorithm, Data, signature));
        Assert.False(key.Verify(algorithm, Data.AsMemory(1), signature));
        Assert.False(key.Verify(algorithm, Data, signature.AsMemory(1)));
        Assert.False(key.Verify(algorithm, Data, (byte[])[.. signature, 0]));
        Assert.False(key.Verify(algorithm, Data, signer.SignData(Data, hash, DSASignatureFormat.Rfc3279DerSequence)));
        Assert.False(key.Verify(algorithm, Data, new byte[signature.Length]));
        Assert.False(key.Verify(algorithm, Data, Enumerable.Repeat((byte)0xff, signature.Length).ToArray()));
        Assert.False(key.Verify(algorithm, Data, default));
        Assert.False(key.Verify("RS256", Data, signature));
    }

    [Theory]
    [InlineData("P-256")]
    [InlineData("P-384")]
    [InlineData("P-521")]
    public void Point_off_its_curve_is_refused(string curve)
    {
        using var signer = Make(curve).Key;
        var q = signer.ExportParameters(false).Q;
        q.Y![^1] ^= 1;
        Assert.Equal((null, $"the point does not lie on {curve}"), VerificationKey.FromEc(curve, q.X!, q.Y));
        Assert.Null(VerificationKey.FromEc(curve, new byte[q.X!.Length], new byte[q.X.Length]).Key);
        Assert.Contains("octets", VerificationKey.FromEc(curve, q.X[1..], q.Y).Error!, StringComparison.Ordinal);
        Assert.Contains("octets", VerificationKey.FromEc(curve, q.X, [0, .. q.Y]).Error!, StringComparison.Ordinal);
    }

    [Fact]
    public void Coordinate_beyond_the_field_is_refused_though_its_residue_is_on_the_curve()
    {
        var (x, y) = SmallPoint();
        Assert.NotNull(VerificationKey.FromEc("P-256", Octets(x), Octets(y)).Key);
        Assert.Null(VerificationKey.FromEc("P-256", Octets(x + P256Prime), Octets(y)).Key);
    }

    [Theory]
    [InlineData("P-224")]
    [InlineData("secp256k1")]
    [InlineData("p-256")]
    [InlineData("")]
    public void Other_curves_are_refused(string curve) =>
        Assert.Contains("not supported", VerificationKey.FromEc(curve, new byte[32], new byte[32]).Error!, StringComparison.Ordinal);

    [Fact]
    public void Signatures_of_an_RSA_key_verify_with_the_padding_they_were_made_with()
    {
        using var signer = RSA.Create(2048);
        var parameters = signer.ExportParameters(false);
        var (key, error) = VerificationKey.FromRsa(parameters.Modulus!, parameters.Exponent!);
        Assert.Null(error);
        Assert.Equal(["RS256", "PS256"], key!.Algorithms);
        Assert.Equal(signer.ExportSubjectPublicKeyInfo(), key.SubjectPublicKeyInfo.ToArray());
        var pkcs = signer.SignData(Data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var pss = signer.SignData(Data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
        Assert.True(key.Verify("RS256", Data, pkcs));
        Assert.True(key.Verify("PS256", Data, pss));
        Assert.False(key.Verify("PS256", Data, pkcs));
        Assert.False(key.Verify("RS256", Data, pss));
        Assert.False(key.Verify("RS256", Data, pkcs.AsMemory(1)));
        Assert.False(key.Verify("RS256", Data, (byte[])[.. pkcs, 0]));
        Assert.False(key.Verify("RS256", Data, new byte[256]));
        Assert.False(key.Verify("RS256", Data, default));
        Assert.False(key.Verify("RS256", Data, signer.SignData(Data, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1)));
    }

    [Theory]
    [InlineData(2047, false)]
    [InlineData(2048, true)]
    [InlineData(4096, true)]
    [InlineData(4097, false)]
    public void RSA_modulus_has_2048_to_4096_bits(int bits, bool accepted)
    {
        var (key, error) = VerificationKey.FromRsa(Modulus(bits), Exponent);
        Assert.Equal(accepted, key is not null);
        Assert.Equal(accepted ? null : $"the RSA key has {bits} bits; 2048 to 4096 are accepted", error);
    }

    [Theory]
    [InlineData("03", false)]
    [InlineData("010000", false)]
    [InlineData("00010001", false)]
    [InlineData("", false)]
    [InlineData("010001", true)]
    [InlineData("010003", true)]
    [InlineData("ffffffffffffffff", true)]
    [InlineData("010000000000000001", false)]
    public void RSA_exponent_is_odd_from_65537_up_to_64_bits(string exponent, bool accepted) =>
        Assert.Equal(accepted, VerificationKey.FromRsa(Modulus(2048), Convert.FromHexString(exponent)).Key is not null);

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(127, false)]
    [InlineData(751, false)]
    [InlineData(757, true)]
    public void RSA_modulus_has_no_factor_below_752(int prime, bool accepted)
    {
        var cofactor = new BigInteger(Modulus(2049 - (int)new BigInteger(prime).GetBitLength()), isUnsigned: true, isBigEndian: true);
        var (key, error) = VerificationKey.FromRsa((prime * cofactor).ToByteArray(isUnsigned: true, isBigEndian: true), Exponent);
        Assert.Equal((accepted, accepted ? null : "the RSA modulus has a small factor"), (key is not null, error));
    }

    [Fact]
    public void Ed25519_key_verifies_its_signatures()
    {
        using var key = Rfc8555.AcmeAccountKey.EdDsa();
        var x = System.Buffers.Text.Base64Url.DecodeFromChars(key.Jwk.Split('"')[^2]);
        var verifier = VerificationKey.FromEd25519(x).Key!;
        var signature = key.Sign(Data);
        Assert.True(verifier.Verify("EdDSA", Data, signature));
        Assert.False(verifier.Verify("EdDSA", Data.AsMemory(1), signature));
        Assert.False(verifier.Verify("EdDSA", Data, signature.AsMemory(1)));
        Assert.False(verifier.Verify("EdDSA", Data, default));
        Assert.False(verifier.Verify("ES256", Data, signature));
        Assert.Equal("302a300506032b6570032100" + Convert.ToHexStringLower(x), Convert.ToHexStringLower(verifier.SubjectPublicKeyInfo.Span));
    }

    [Theory]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")]
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")]
    [InlineData("0200000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("0100")]
    public void Ed25519_point_of_small_order_or_off_the_curve_is_refused(string x) => Assert.Null(VerificationKey.FromEd25519(Convert.FromHexString(x)).Key);

    [Theory]
    [InlineData("ES256")]
    [InlineData("EdDSA")]
    [InlineData("PS256")]
    [InlineData("RS256")]
    public void Key_is_used_from_many_threads_at_once(string algorithm)
    {
        using var signer = SignedRequests.New(algorithm);
        var key = SignedRequests.JwkOf(signer).Key;
        var good = signer.Sign(Data);
        var bad = (byte[])good.Clone();
        bad[40] ^= 1;
        var right = 0;
        Parallel.For(0, 2_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            if (key.Verify(algorithm, Data, i % 2 == 0 ? good : bad) == (i % 2 == 0)) Interlocked.Increment(ref right);
        });
        Assert.Equal(2_000, right);
    }

    private static (ECDsa Key, HashAlgorithmName Hash) Make(string curve) => curve switch
    {
        "P-256" => (ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256),
        "P-384" => (ECDsa.Create(ECCurve.NamedCurves.nistP384), HashAlgorithmName.SHA384),
        _ => (ECDsa.Create(ECCurve.NamedCurves.nistP521), HashAlgorithmName.SHA512),
    };

    /// <summary>Of exactly so many bits, without a small factor.</summary>
    private static byte[] Modulus(int bits)
    {
        var n = (BigInteger.One << (bits - 1)) + 1;
        while (Enumerable.Range(2, 1_000).Any(p => n % p == 0)) n += 2;
        return n.ToByteArray(isUnsigned: true, isBigEndian: true);
    }

    /// <summary>The first point of P-256 whose x is so small that x + p has 32 octets too.</summary>
    private static (BigInteger X, BigInteger Y) SmallPoint()
    {
        for (BigInteger x = 1; x < 100; x++)
        {
            var square = ((x * x * x - 3 * x + P256B) % P256Prime + P256Prime) % P256Prime;
            var y = BigInteger.ModPow(square, (P256Prime + 1) / 4, P256Prime);
            if (y * y % P256Prime == square) return (x, y);
        }

        throw new InvalidOperationException("No such point.");
    }

    private static byte[] Octets(BigInteger value)
    {
        var bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }
}
