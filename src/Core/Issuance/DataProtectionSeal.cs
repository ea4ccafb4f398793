namespace Certctl.Core.Issuance;

/// <summary>How a data-protection key is sealed within its XML.</summary>
public static class DataProtectionSeal
{
    /// <summary>The element that holds the ciphertext in base64, and in <see cref="KeyId"/> the key-encryption key's id.</summary>
    public const string Element = "sealed";

    public const string KeyId = "key";

    /// <summary>The associated data: what is sealed for this can be opened for nothing else.</summary>
    public static byte[] Purpose => [.. "data_protection_keys"u8];
}
