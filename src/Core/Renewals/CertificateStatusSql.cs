namespace Certctl.Core.Renewals;

public static class CertificateStatusSql
{
    /// <summary>SQL over <c>managed_certificates c</c>: the status of a certificate that has no renewal on its way.</summary>
    /// <param name="now">The statement's parameter of the time.</param>
    public static string AtRest(string now) =>
        $"CASE WHEN c.expires_at IS NULL THEN 'Failed' WHEN c.expires_at < {now} THEN 'Expired' ELSE 'Active' END";
}
