namespace Certctl.Core.Renewals;

/// <summary>Why a matched certificate gets no renewal; the keys of a bulk's <c>skipped</c>.</summary>
public static class RenewalSkips
{
    /// <summary>SQL over <c>managed_certificates c</c> with @force, @now and @min_interval: the reason, or null when it is
    /// eligible. ACME certificates are their clients' to renew. An expired certificate is eligible.</summary>
    public const string Reason = """
        CASE
            WHEN c.source = 'ACME' THEN 'acme'
            WHEN c.status = 'Archived' THEN 'archived'
            WHEN c.status = 'Revoked' THEN 'revoked'
            WHEN c.status IN ('RenewalInProgress', 'Pending') THEN 'in_progress'
            WHEN NOT @force AND c.last_renewal_at > @now - @min_interval THEN 'recently_renewed'
        END
        """;
}
