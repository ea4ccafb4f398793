namespace Certctl.IntegrationTests.Acme;

/// <summary>ACME rows as the protocol would write them.</summary>
internal static class AcmeSeed
{
    public static Task InsertAccount(this TestDatabase database, string id, string profile = "prof-test", string status = "valid", string? eabKey = null) =>
        database.Execute("""
            INSERT INTO acme_accounts (account_id, profile_id, jwk_thumbprint, jwk, contact, status, eab_key_id, limits, created_at, updated_at)
            VALUES ($1, $2, 'thumbprint-of-' || $1, '{"kty": "EC", "x": "jwk-of-nobody"}', ARRAY['mailto:admin@example.com'], $3, nullif($4, ''), '{}', now(), now())
            """, id, profile, status, eabKey ?? "");

    /// <summary>An order for one name, with its authorization.</summary>
    public static async Task InsertOrder(
        this TestDatabase database, string id, string account, string status, string authorization = "pending", string profile = "prof-test", string name = "www.example.test")
    {
        await database.Execute("""
            INSERT INTO acme_authorizations (authz_id, account_id, profile_id, order_id, identifier_type, identifier_value, wildcard, status, expires_at, created_at, updated_at)
            VALUES ('authz-' || $1, $2, $3, $1, 'dns', $4, false, $5, now() + interval '1 day', now(), now())
            """, id, account, profile, name, authorization);
        await database.Execute("""
            INSERT INTO acme_orders (order_id, account_id, profile_id, identifiers, authorization_ids, status, expires_at, created_at, updated_at)
            VALUES ($1, $2, $3, jsonb_build_array(jsonb_build_object('type', 'dns', 'value', $4)), ARRAY['authz-' || $1], $5, now() + interval '1 day', now(), now())
            """, id, account, profile, name, status);
    }

    public static Task<string> OrderStatus(this TestDatabase database, string id) =>
        database.Value<string>("SELECT status FROM acme_orders WHERE order_id = $1", id);

    public static Task<string> AuthorizationStatus(this TestDatabase database, string order) =>
        database.Value<string>("SELECT status FROM acme_authorizations WHERE order_id = $1", order);

    /// <summary>What the audit trail has about a resource, oldest first: actor and action.</summary>
    public static Task<List<string>> AuditOf(this TestDatabase database, string resourceId) =>
        database.Column<string>("SELECT actor || ' ' || action FROM audit_events WHERE resource_id = $1 ORDER BY id", resourceId);
}
