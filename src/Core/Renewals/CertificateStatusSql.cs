namespace Certctl.Core.Renewals;

public static class CertificateStatusSql
{
    /// <summary>SQL over <c>managed_certificates c</c> with @now: the status of a certificate that has no renewal on its way.</summary>
    public const string AtRest =
        "CASE WHEN c.expires_at IS NULL THEN 'Failed' WHEN c.expires_at < @now THEN 'Expired' ELSE 'Active' END";
}
