using Certctl.Core.Domain.Profiles;
using Certctl.Core.Pki;

namespace Certctl.UnitTests.Pki;

public class KeyGeneratorTests
{
    [Theory]
    [InlineData(KeyAlgorithms.EcdsaP256, KeyKind.Ecdsa, 256)]
    [InlineData(KeyAlgorithms.EcdsaP384, KeyKind.Ecdsa, 384)]
    [InlineData(KeyAlgorithms.Ed25519, KeyKind.Ed25519, 256)]
    [InlineData(KeyAlgorithms.Rsa2048, KeyKind.Rsa, 2048)]
    [InlineData(KeyAlgorithms.Rsa3072, KeyKind.Rsa, 3072)]
    public void OpenSsl_reads_the_private_key_and_finds_the_same_public_key(string algorithm, KeyKind kind, int size)
    {
        using var key = KeyGenerator.Generate(algorithm);
        Assert.Equal((kind, size), (key.PublicKey.Kind, key.PublicKey.Size));

        using var openssl = new OpenSsl().Write("key.pem", PemText.PrivateKey(key.Pkcs8));
        openssl.Run("pkey -in key.pem -pubout -outform DER -out public.der");
        Assert.Equal(openssl.Bytes("public.der"), key.PublicKey.Info);
    }

    [Fact]
    public void An_unknown_algorithm_is_refused_by_name() =>
        Assert.Contains("DSA-1024", Assert.Throws<ArgumentException>(() => KeyGenerator.Generate("DSA-1024")).Message, StringComparison.Ordinal);

    [Fact]
    public void Disposing_a_key_overwrites_it()
    {
        var key = KeyGenerator.Generate(KeyAlgorithms.EcdsaP256);
        key.Dispose();
        Assert.All(key.Pkcs8, b => Assert.Equal(0, b));
    }
}
