using System.Diagnostics.CodeAnalysis;

namespace Certctl.Core.Pki;

/// <summary>The extended key usages by RFC 5280's names (4.2.1.12).</summary>
public static class ExtendedKeyUsages
{
    public const string ServerAuth = "serverAuth";
    public const string ClientAuth = "clientAuth";

    private static readonly Dictionary<string, string> ByName = new(StringComparer.OrdinalIgnoreCase)
    {
        [ServerAuth] = "1.3.6.1.5.5.7.3.1",
        [ClientAuth] = "1.3.6.1.5.5.7.3.2",
        ["codeSigning"] = "1.3.6.1.5.5.7.3.3",
        ["emailProtection"] = "1.3.6.1.5.5.7.3.4",
        ["timeStamping"] = "1.3.6.1.5.5.7.3.8",
    };

    /// <summary>The names that a profile may use.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>The object identifier of a named usage.</summary>
    public static bool TryGetOid(string name, [NotNullWhen(true)] out string? oid) => ByName.TryGetValue(name, out oid);
}
