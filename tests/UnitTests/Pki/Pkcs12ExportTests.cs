using System.Security.Cryptography.X509Certificates;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Pki;

namespace Certctl.UnitTests.Pki;

public sealed class Pkcs12ExportTests : IDisposable
{
    private readonly TestCa ca = new();

    [Fact]
    public void The_framework_reads_leaf_with_key_and_chain()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithms.EcdsaP256);
        var leaf = ca.Issue("www.example.com", key.PublicKey);
        var file = Pkcs12Export.Create(leaf.ChainPem, key.Pkcs8, "påss word");

        var certificates = X509CertificateLoader.LoadPkcs12Collection(file, "påss word");
        Assert.Equal(2, certificates.Count);
        Assert.Equal(leaf.Der, Assert.Single(certificates, c => c.HasPrivateKey).RawData);
    }

    [Theory]
    [InlineData(KeyAlgorithms.EcdsaP256)]
    [InlineData(KeyAlgorithms.Ed25519)]
    public void OpenSsl_reads_the_file_with_the_right_password_only(string algorithm)
    {
        using var key = KeyGenerator.Generate(algorithm);
        var leaf = ca.Issue("www.example.com", key.PublicKey);
        using var openssl = new OpenSsl().Write("file.p12", Pkcs12Export.Create(leaf.ChainPem, key.Pkcs8, "secret"));

        var text = openssl.Run("pkcs12 -in file.p12 -passin pass:secret -nodes");
        Assert.Contains(PemText.PrivateKey(key.Pkcs8).Trim(), text, StringComparison.Ordinal);
        Assert.Contains(leaf.Pem.Trim(), text, StringComparison.Ordinal);
        Assert.Contains(ca.Issuing.Pem.Trim(), text, StringComparison.Ordinal);
        Assert.NotEqual(0, openssl.Try("pkcs12 -in file.p12 -passin pass:wrong -nodes").ExitCode);
    }

    public void Dispose() => ca.Dispose();
}
