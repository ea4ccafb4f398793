using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Certctl.Core.Persistence.Migrations;

/// <summary>An order that is processing ends with its renewal, in the same statement, whoever ends that: a worker on any
/// replica, a sweep, an approval refused, a revocation. So none is stuck.</summary>
[DbContext(typeof(CertctlDbContext))]
[Migration("20261125061910_AcmeOrdersFollowRenewals")]
public sealed class AcmeOrdersFollowRenewals : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE FUNCTION finish_acme_orders() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            WITH finished AS (
                UPDATE acme_orders o SET
                    status = CASE n.status WHEN 'completed' THEN 'valid' ELSE 'invalid' END,
                    version_id = n.version_id, updated_at = n.completed_at,
                    error = CASE n.status
                        WHEN 'failed' THEN jsonb_build_object('type', 'urn:ietf:params:acme:error:serverInternal', 'status', 500,
                            'detail', 'The certificate was not issued; operators find the reason at renewal ' || n.id || '.')
                        WHEN 'cancelled' THEN jsonb_build_object('type', 'urn:ietf:params:acme:error:unauthorized', 'status', 403,
                            'detail', 'The issuance was cancelled by an operator (renewal ' || n.id || ').')
                    END
                FROM new_rows n
                WHERE n.acme_order_id IS NOT NULL AND n.status IN ('completed', 'failed', 'cancelled')
                    AND o.order_id = n.acme_order_id AND o.status = 'processing'
                RETURNING o.order_id, o.account_id, o.status, o.version_id, n.id AS renewal_id, n.serial_number, n.completed_at
            )
            INSERT INTO audit_events (actor, actor_type, action, resource_type, resource_id, details, timestamp)
            SELECT 'acme:' || account_id, 'acme_account', CASE status WHEN 'valid' THEN 'acme_order_finalized' ELSE 'acme_order_failed' END,
                'acme_order', order_id,
                jsonb_strip_nulls(jsonb_build_object('renewal_id', renewal_id, 'version_id', version_id,
                    'serial_number', CASE status WHEN 'valid' THEN serial_number END)), completed_at
            FROM finished;
            RETURN NULL;
        END $$;

        CREATE TRIGGER renewals_finish_acme_orders AFTER UPDATE ON renewals
            REFERENCING NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION finish_acme_orders();
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        DROP TRIGGER renewals_finish_acme_orders ON renewals;
        DROP FUNCTION finish_acme_orders();
        """);
}
