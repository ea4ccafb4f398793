using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certctl.Rfc8555;

namespace Certctl.UnitTests.AcmeClient;

public sealed class CertificateIdTests
{
    [Fact]
    public void It_is_the_one_of_RFC_9773_4_1()
    {
        using var certificate = Certificate("87654321", Convert.FromHexString("69885B6B87464041E1B37B847BA0AE2CDE01C8D4"));
        Assert.Equal("aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE", CertificateId.Of(certificate));
    }

    [Fact]
    public void Without_an_authority_key_identifier_there_is_none()
    {
        using var certificate = Certificate("01", null);
        Assert.Throws<InvalidDataException>(() => CertificateId.Of(certificate));
    }

    private static X509Certificate2 Certificate(string serial, byte[]? authorityKey)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedName("CN=test");
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        if (authorityKey is not null) request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(authorityKey));
        var start = DateTimeOffset.UnixEpoch;
        return request.Create(name, X509SignatureGenerator.CreateForECDsa(key), start, start.AddDays(1), Convert.FromHexString(serial));
    }
}
