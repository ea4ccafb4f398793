using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace Certctl.Core.Pki;

/// <summary>A private key with its certificates in one PKCS#12 file (RFC 7292), for Windows, Java and load balancers.</summary>
public static class Pkcs12Export
{
    private static readonly PbeParameters Encryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, iterationCount: 100_000);

    /// <param name="chainPem">Leaf first.</param>
    /// <param name="pkcs8">The leaf's private key; any algorithm.</param>
    public static byte[] Create(string chainPem, ReadOnlyMemory<byte> pkcs8, string password)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(chainPem);
        // Readers match the key with its certificate by the same localKeyId on both.
        var keyId = new Pkcs9LocalKeyId(SHA256.HashData(certificates[0].RawData));

        var keys = new Pkcs12SafeContents();
        var key = new Pkcs12ShroudedKeyBag(Pkcs8PrivateKeyInfo.Decode(pkcs8, out _, skipCopy: true).Encrypt(password, Encryption));
        key.Attributes.Add(keyId);
        keys.AddSafeBag(key);
        var chain = new Pkcs12SafeContents();
        foreach (var certificate in certificates)
        {
            var bag = chain.AddCertificate(certificate);
            if (ReferenceEquals(certificate, certificates[0])) bag.Attributes.Add(keyId);
        }

        var builder = new Pkcs12Builder();
        builder.AddSafeContentsUnencrypted(keys);
        builder.AddSafeContentsEncrypted(chain, password, Encryption);
        builder.SealWithMac(password, HashAlgorithmName.SHA256, iterationCount: 100_000);
        return builder.Encode();
    }
}
