using System.Text;

namespace Certctl.Core.Issuance;

public static class EabKeySeal
{
    /// <summary>The associated data that binds a sealed MAC key to its key identifier.</summary>
    public static byte[] For(string keyId) => Encoding.UTF8.GetBytes($"acme_eab_keys/{keyId}");
}
