using System.Text;

namespace Certctl.Core.Issuance;

public static class PrivateKeySeal
{
    /// <summary>The associated data that binds a sealed private key to its version.</summary>
    public static byte[] For(string versionId) => Encoding.UTF8.GetBytes($"private_keys/{versionId}");
}
