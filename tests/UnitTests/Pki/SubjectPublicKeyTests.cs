using System.Numerics;
using System.Security.Cryptography;
using Certctl.Core.Pki;

namespace Certctl.UnitTests.Pki;

public sealed class SubjectPublicKeyTests
{
    [Theory]
    [InlineData(3, false)]
    [InlineData(743, false)]
    [InlineData(751, false)]
    [InlineData(757, true)]
    public void RSA_modulus_has_no_small_factor(int prime, bool accepted)
    {
        var cofactor = (BigInteger.One << 2050) + 1;
        while (Enumerable.Range(2, 1_000).Any(p => cofactor % p == 0)) cofactor += 2;
        using var rsa = RSA.Create(new RSAParameters
        {
            Modulus = (prime * cofactor).ToByteArray(isUnsigned: true, isBigEndian: true),
            Exponent = [1, 0, 1],
        });
        Assert.Equal(accepted, SubjectPublicKey.TryParse(rsa.ExportSubjectPublicKeyInfo(), out _, out var error));
        Assert.Equal(accepted ? null : "the RSA modulus has a small factor", error);
    }
}
