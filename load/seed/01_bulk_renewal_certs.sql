-- Certificates for the bulk renewal: active, expiring over the next 30 days. 10,000, or as many as loadtest.certificates says
-- (make seed-scale CERTIFICATES=1000000). The first 10,000 are of the environment loadtest, which the scenarios renew; what a
-- production-sized seed has beyond them is of loadtest-scale, rows that lie beside. Idempotent: what exists is left as it is.
-- Their policy keeps the renewal scan away: they are for the bulk to take.
INSERT INTO renewal_policies
    (id, name, renewal_window_days, auto_renew, max_retries, retry_interval_seconds, alert_thresholds_days, created_at, updated_at)
VALUES ('rp-loadtest', 'Load test', 30, false, 3, 60, '{30,14,7,0}', now(), now())
ON CONFLICT DO NOTHING;

INSERT INTO managed_certificates
    (id, name, common_name, sans, environment, owner_id, team_id, issuer_id, renewal_policy_id, certificate_profile_id,
     status, expires_at, tags, key_mode, source, created_at, updated_at)
SELECT 'cert-loadtest-bulk-' || n, name, name, ARRAY[name], CASE WHEN g <= 10000 THEN 'loadtest' ELSE 'loadtest-scale' END,
       'o-alice', 't-platform', 'iss-local', 'rp-loadtest', 'prof-standard-tls', 'Active',
       now() + make_interval(days => g % 30, hours => 1 + g % 23), '{"source": "loadtest"}', 'server', '',
       now() - interval '60 days', now() - interval '60 days'
FROM generate_series(1, coalesce(nullif(current_setting('loadtest.certificates', true), ''), '10000')::int) AS g,
     LATERAL (SELECT lpad(g::text, greatest(5, length(g::text)), '0') AS n) AS number,
     LATERAL (SELECT 'loadtest-bulk-' || n || '.example.test' AS name) AS named
ON CONFLICT DO NOTHING;
ANALYZE managed_certificates;
