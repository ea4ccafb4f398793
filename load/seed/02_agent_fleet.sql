-- Agents, last seen over the past minute, linux, windows and darwin 80/10/10. 5,000, or as many as loadtest.agents
-- says (make seed-scale AGENTS=100000). They have no token of their own: the load speaks for them with the API key of prefix
-- ag-loadtest-. Idempotent: what exists is left as it is.
WITH fleet AS (
    INSERT INTO agents (id, name, hostname, os, architecture, ip_address, version, registered_at, updated_at)
    SELECT 'ag-loadtest-' || n, 'loadtest-agent-' || n, 'host-' || n || '.example.test',
           CASE WHEN g % 10 = 8 THEN 'windows' WHEN g % 10 = 9 THEN 'darwin' ELSE 'linux' END,
           CASE WHEN g % 5 = 0 THEN 'arm64' ELSE 'amd64' END,
           '10.' || 42 + g / 62500 || '.' || g / 250 % 250 || '.' || 1 + g % 250, '2.1.0', now() - make_interval(days => 1 + g % 90), now()
    FROM generate_series(1, coalesce(nullif(current_setting('loadtest.agents', true), ''), '5000')::int) AS g,
         LATERAL (SELECT lpad(g::text, greatest(5, length(g::text)), '0') AS n) AS number
    ON CONFLICT DO NOTHING
    RETURNING id
)
INSERT INTO agent_liveness (agent_id, last_heartbeat_at, heartbeat_interval_seconds, online)
SELECT id, now() - make_interval(secs => right(id, 5)::int % 60), 30, true FROM fleet
ON CONFLICT DO NOTHING;
ANALYZE agents;
ANALYZE agent_liveness;
