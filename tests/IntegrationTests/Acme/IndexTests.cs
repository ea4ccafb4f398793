namespace Certctl.IntegrationTests.Acme;

/// <summary>What anybody may ask for as often as they like must not read a whole table.</summary>
[Collection(AcmeServer.Name)]
public sealed class IndexTests(AcmeServer server)
{
    [Theory]
    [InlineData("SELECT 1 FROM acme_authorizations WHERE account_id = 'a' AND status IN ('pending', 'valid')")]
    [InlineData("SELECT 1 FROM acme_authorizations WHERE account_id = 'a' AND status = 'valid' AND identifier_value = ANY('{x,y}')")]
    [InlineData("SELECT 1 FROM acme_orders WHERE account_id = 'a' AND is_open AND status IN ('pending', 'ready') ORDER BY order_id")]
    [InlineData("SELECT count(*) FROM acme_orders WHERE account_id = 'a' AND is_open")]
    [InlineData("SELECT 1 FROM acme_orders WHERE account_id = 'a' AND order_id > 'b' AND status <> 'invalid' ORDER BY order_id LIMIT 100")]
    public async Task What_an_account_has_is_found_by_its_id(string sql)
    {
        // Among many others' rows, and gone again: over a few any index is as good.
        var plan = await server.Database.Column<string>($"""
            BEGIN;
            INSERT INTO acme_orders (order_id, account_id, profile_id, identifiers, authorization_ids, status, expires_at, created_at, updated_at)
            SELECT 'other-' || i, 'account-' || i, 'prof-test', '[]', ARRAY['other-' || i], 'pending', now(), now(), now() FROM generate_series(1, 5000) AS i;
            INSERT INTO acme_authorizations (authz_id, account_id, profile_id, order_id, identifier_type, identifier_value, wildcard, status,
                expires_at, created_at, updated_at)
            SELECT 'other-' || i, 'account-' || i, 'prof-test', 'other-' || i, 'dns', 'other.test', false, 'valid', now(), now(), now()
            FROM generate_series(1, 5000) AS i;
            ANALYZE acme_orders, acme_authorizations;
            EXPLAIN {sql};
            ROLLBACK
            """);
        Assert.Contains(plan, line => line.Contains("Index Cond", StringComparison.Ordinal) && line.Contains("account_id = 'a'", StringComparison.Ordinal));
    }
}
