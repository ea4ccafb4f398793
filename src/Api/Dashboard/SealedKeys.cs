using System.Text;
using System.Xml.Linq;
using Certctl.Core.Pki;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Certctl.Api.Dashboard;

/// <summary>Seals the data-protection keys, which sign the dashboard's cookies, under the key-encryption key: who reads the
/// database cannot make a login from it.</summary>
internal sealed class SealedKeys(IServiceProvider services) : IXmlEncryptor
{
    internal static readonly byte[] Purpose = "data_protection_keys"u8.ToArray();

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var secret = services.GetRequiredService<SecretBox>().Seal(Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting)), Purpose);
        return new EncryptedXmlInfo(
            new XElement("sealed", new XAttribute("key", secret.KeyId), Convert.ToBase64String(secret.Ciphertext)), typeof(SealedKeysReader));
    }
}

/// <summary>Opens what <see cref="SealedKeys"/> sealed; made by the framework, which gives it the services.</summary>
internal sealed class SealedKeysReader(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var secret = new EncryptedSecret((string)encryptedElement.Attribute("key")!, Convert.FromBase64String(encryptedElement.Value));
        return XElement.Parse(Encoding.UTF8.GetString(services.GetRequiredService<SecretBox>().Open(secret, SealedKeys.Purpose)));
    }
}
