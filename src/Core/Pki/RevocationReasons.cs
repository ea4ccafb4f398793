using System.Security.Cryptography.X509Certificates;

namespace Certctl.Core.Pki;

/// <summary>RFC 5280 5.3.1's reason codes by their names there, as the API spells them.</summary>
public static class RevocationReasons
{
    private static readonly Dictionary<string, X509RevocationReason> ByName = new(StringComparer.Ordinal)
    {
        ["unspecified"] = X509RevocationReason.Unspecified,
        ["keyCompromise"] = X509RevocationReason.KeyCompromise,
        ["cACompromise"] = X509RevocationReason.CACompromise,
        ["affiliationChanged"] = X509RevocationReason.AffiliationChanged,
        ["superseded"] = X509RevocationReason.Superseded,
        ["cessationOfOperation"] = X509RevocationReason.CessationOfOperation,
        ["privilegeWithdrawn"] = X509RevocationReason.PrivilegeWithdrawn,
    };

    /// <summary>The names that a request may give. certificateHold and removeFromCRL are not among them: a revocation is
    /// final here; nor aACompromise, which is about attribute certificates.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>The codes of those names.</summary>
    public static IEnumerable<int> Codes => ByName.Values.Select(v => (int)v).Order();

    public static bool TryParse(string name, out X509RevocationReason reason) => ByName.TryGetValue(name, out reason);

    /// <summary>The reason with that code, as ACME's revokeCert has it (RFC 8555 7.6).</summary>
    public static bool TryFromCode(int code, out X509RevocationReason reason)
    {
        reason = (X509RevocationReason)code;
        return ByName.ContainsValue(reason);
    }

    public static string NameOf(X509RevocationReason reason) => ByName.First(pair => pair.Value == reason).Key;

    /// <summary>Unspecified is left out of CRLs and OCSP answers (RFC 5280 5.3.1).</summary>
    internal static X509RevocationReason? Encoded(X509RevocationReason reason) =>
        reason == X509RevocationReason.Unspecified ? null : reason;
}
