using System.Text;
using System.Xml.Linq;
using Certctl.Core.Issuance;
using Certctl.Core.Pki;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Certctl.Api.Dashboard;

/// <summary>Seals the data-protection keys, which sign the dashboard's cookies, under the key-encryption key: who reads the
/// database cannot make a login from it.</summary>
internal sealed class SealedKeys(IServiceProvider services) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var secret = services.GetRequiredService<SecretBox>().Seal(Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting)), DataProtectionSeal.Purpose);
        return new EncryptedXmlInfo(
            new XElement(DataProtectionSeal.Element, new XAttribute(DataProtectionSeal.KeyId, secret.KeyId), Convert.ToBase64String(secret.Ciphertext)), typeof(SealedKeysReader));
    }
}

/// <summary>Opens what <see cref="SealedKeys"/> sealed; made by the framework, which gives it the services.</summary>
internal sealed class SealedKeysReader(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var secret = new EncryptedSecret((string)encryptedElement.Attribute(DataProtectionSeal.KeyId)!, Convert.FromBase64String(encryptedElement.Value));
        return XElement.Parse(Encoding.UTF8.GetString(services.GetRequiredService<SecretBox>().Open(secret, DataProtectionSeal.Purpose)));
    }
}
