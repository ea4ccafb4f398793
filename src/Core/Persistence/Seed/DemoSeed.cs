using Microsoft.EntityFrameworkCore;

namespace Certctl.Core.Persistence.Seed;

/// <summary>The owner, team, policy and profiles that a first try needs. Idempotent: what exists is left as it is.</summary>
internal static class DemoSeed
{
    public static Task ApplyAsync(CertctlDbContext context, CancellationToken cancellationToken) =>
        context.Database.ExecuteSqlRawAsync(Sql, cancellationToken);

    private const string Sql = """
        INSERT INTO teams (id, name, description, created_at, updated_at)
        VALUES ('t-platform', 'Platform', 'Demo team', now(), now())
        ON CONFLICT DO NOTHING;

        INSERT INTO owners (id, name, email, team_id, created_at, updated_at)
        VALUES ('o-alice', 'Alice', 'alice@example.com', 't-platform', now(), now())
        ON CONFLICT DO NOTHING;

        INSERT INTO renewal_policies
            (id, name, renewal_window_days, auto_renew, max_retries, retry_interval_seconds, alert_thresholds_days, created_at, updated_at)
        VALUES ('rp-standard', 'Standard', 30, true, 3, 3600, ARRAY[30, 14, 7, 0], now(), now())
        ON CONFLICT DO NOTHING;

        INSERT INTO certificate_profiles
            (id, name, description, issuer_id, enabled, allowed_key_algorithms, max_ttl_seconds, allowed_ekus, allowed_domains,
             allow_wildcards, allow_ip_addresses, requires_approval, acme_auth_mode, acme_eab_required, acme_rate_limited,
             acme_allow_private_addresses, acme_owner_id, acme_team_id, acme_renewal_policy_id, created_at, updated_at)
        SELECT id, name, description, 'iss-local', true, ARRAY['ECDSA-P256', 'ECDSA-P384', 'Ed25519', 'RSA-2048', 'RSA-3072', 'RSA-4096'],
               days * 86400, ARRAY['serverAuth'], domains, true, ip, false, mode, eab, limited,
               mode = 'challenge', 'o-alice', 't-platform', 'rp-standard', now(), now()
        FROM (VALUES
            ('prof-test', 'Test', 'Names under example.com, example.test and localhost, without proof',
             47, ARRAY['example.com', 'example.test', 'localhost'], false, 'trust_authenticated', false, true),
            ('prof-challenge', 'Challenge', 'Any name whose ownership is proven', 47, ARRAY[]::text[], true, 'challenge', false, true),
            ('prof-eab', 'External account', 'Accounts that an operator admitted', 47, ARRAY[]::text[], true, 'trust_authenticated', true, true),
            ('prof-standard-tls', 'Standard TLS', '90 days; the load tests'' certificates', 90, ARRAY[]::text[], true, 'trust_authenticated', true, true),
            ('prof-burst', 'Burst', 'As prof-test, without per-account limits',
             47, ARRAY['example.com', 'example.test', 'localhost'], false, 'trust_authenticated', false, false),
            ('prof-burst-challenge', 'Burst challenge', 'As prof-challenge, without per-account limits',
             47, ARRAY[]::text[], true, 'challenge', false, false)
        ) AS demo (id, name, description, days, domains, ip, mode, eab, limited)
        ON CONFLICT (id) DO UPDATE SET acme_owner_id = excluded.acme_owner_id, acme_team_id = excluded.acme_team_id,
            acme_renewal_policy_id = excluded.acme_renewal_policy_id
        WHERE certificate_profiles.acme_owner_id IS NULL;
        """;
}
