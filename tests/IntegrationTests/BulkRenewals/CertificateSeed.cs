
namespace Certctl.IntegrationTests.BulkRenewals;

/// <summary>Certificates of one test, told from all others by their environment.</summary>
internal sealed record CertificateSeed(string Environment, int Count = 1)
{
    public string Profile { get; init; } = "prof-test";

    /// <summary>rp-manual keeps the renewal scan away.</summary>
    public string Policy { get; init; } = "rp-manual";
    public string KeyMode { get; init; } = "server";
    public string Status { get; init; } = "Active";
    public string Source { get; init; } = "";
    public string Domain { get; init; } = "example.test";
    public string? AgentId { get; init; }

    /// <summary>From now to the expiry.</summary>
    public TimeSpan ExpiresIn { get; init; } = TimeSpan.FromDays(10);

    /// <summary>The id of the n-th certificate, from 1.</summary>
    public string Id(int n) => $"mc-{Environment}-{n:00000}";

    /// <param name="into">The environment that they are to be found in, where it is not their own.</param>
    public async Task InsertAsync(TestDatabase database, string? into = null)
    {
        await database.Execute("""
            INSERT INTO renewal_policies (id, name, renewal_window_days, auto_renew, max_retries, retry_interval_seconds,
                alert_thresholds_days, created_at, updated_at)
            VALUES ('rp-manual', 'Manual', 30, false, 1, 60, ARRAY[7], now(), now()) ON CONFLICT DO NOTHING
            """);
        await database.Execute("""
            INSERT INTO managed_certificates
                (id, name, common_name, sans, environment, owner_id, team_id, issuer_id, renewal_policy_id, certificate_profile_id,
                 agent_id, status, expires_at, tags, key_mode, source, created_at, updated_at)
            SELECT 'mc-' || $1 || '-' || n, name, name, ARRAY[name], $11, 'o-alice', 't-platform', 'iss-local', $3, $4,
                nullif($5, ''), $6, now() + $7, '{}', $8, $9, now() - interval '60 days', now() - interval '60 days'
            FROM generate_series(1, $2) AS g, LATERAL (SELECT lpad(g::text, 5, '0') AS n) AS number,
                LATERAL (SELECT $1 || '-' || n || '.' || $10 AS name) AS named
            """, Environment, Count, Policy, Profile, AgentId ?? "", Status, ExpiresIn, KeyMode, Source, Domain, into ?? Environment);
    }
}
