using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Certctl.Core.Persistence.Migrations;

/// <summary>What a claim changes of a renewal, and finalize of an order, is in no index any more (ADR 0017): leases have a table of
/// their own, and the indexes go by whether a row has ended or awaits somebody. Certificates lose three indexes of few values.</summary>
[DbContext(typeof(CertctlDbContext))]
[Migration("20261130022000_HotRenewals")]
public sealed class HotRenewals : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE renewal_leases (
            token uuid NOT NULL CONSTRAINT pk_renewal_leases PRIMARY KEY,
            renewal_ids text[] NOT NULL,
            expires_at timestamp with time zone NOT NULL
        );
        INSERT INTO renewal_leases SELECT lease_token, array_agg(id), max(lease_expires_at) FROM renewals WHERE status = 'running' GROUP BY 1;

        DROP INDEX ix_renewals_one_active_a_certificate, ix_renewals_next_attempt_at, ix_renewals_lease_expires_at, ix_renewals_created_at,
            ix_renewals_created_at_id, ix_renewals_bulk_renewal_id_id;
        ALTER TABLE renewals SET (fillfactor = 40);
        ALTER TABLE renewals DROP COLUMN lease_expires_at,
            ADD COLUMN is_awaiting boolean NOT NULL GENERATED ALWAYS AS (status IN ('awaiting_csr', 'awaiting_approval')) STORED,
            ADD CONSTRAINT ck_renewals_completed_at CHECK ((completed_at IS NOT NULL) = (status IN ('completed', 'failed', 'cancelled')));
        CREATE UNIQUE INDEX ix_renewals_one_active_a_certificate ON renewals (certificate_id, acme_order_id) NULLS NOT DISTINCT WHERE completed_at IS NULL;
        CREATE INDEX ix_renewals_bulk_renewal_id_id ON renewals (bulk_renewal_id, id) WHERE bulk_renewal_id IS NOT NULL;
        CREATE INDEX ix_renewals_next_attempt_at ON renewals (next_attempt_at) WHERE completed_at IS NULL AND NOT is_awaiting;
        CREATE INDEX ix_renewals_created_at ON renewals (created_at) WHERE is_awaiting;

        DROP INDEX ix_acme_orders_open, ix_acme_orders_expires_at, ix_acme_orders_replaces;
        ALTER TABLE acme_orders SET (fillfactor = 50);
        ALTER TABLE acme_orders
            ADD COLUMN is_open boolean NOT NULL GENERATED ALWAYS AS (status IN ('pending', 'ready', 'processing')) STORED,
            ADD COLUMN is_invalid boolean NOT NULL GENERATED ALWAYS AS (status = 'invalid') STORED;
        CREATE INDEX ix_acme_orders_open ON acme_orders (account_id) WHERE is_open;
        CREATE INDEX ix_acme_orders_expires_at ON acme_orders (expires_at) WHERE is_open;
        CREATE UNIQUE INDEX ix_acme_orders_replaces ON acme_orders (replaces) WHERE replaces IS NOT NULL AND NOT is_invalid;

        DROP INDEX ix_managed_certificates_issuer_id, ix_managed_certificates_certificate_profile_id, ix_managed_certificates_renewal_policy_id;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        DROP INDEX ix_renewals_one_active_a_certificate, ix_renewals_next_attempt_at, ix_renewals_created_at, ix_renewals_bulk_renewal_id_id;
        ALTER TABLE renewals RESET (fillfactor);
        ALTER TABLE renewals DROP CONSTRAINT ck_renewals_completed_at, DROP COLUMN is_awaiting, ADD COLUMN lease_expires_at timestamp with time zone;
        UPDATE renewals r SET lease_expires_at = l.expires_at FROM renewal_leases l WHERE r.status = 'running' AND r.lease_token = l.token;
        DROP TABLE renewal_leases;
        CREATE UNIQUE INDEX ix_renewals_one_active_a_certificate ON renewals (certificate_id, acme_order_id) NULLS NOT DISTINCT
            WHERE status IN ('pending', 'awaiting_csr', 'awaiting_approval', 'running');
        CREATE INDEX ix_renewals_bulk_renewal_id_id ON renewals (bulk_renewal_id, id);
        CREATE INDEX ix_renewals_created_at_id ON renewals (created_at, id);
        CREATE INDEX ix_renewals_next_attempt_at ON renewals (next_attempt_at) WHERE status = 'pending';
        CREATE INDEX ix_renewals_lease_expires_at ON renewals (lease_expires_at) WHERE status = 'running';
        CREATE INDEX ix_renewals_created_at ON renewals (created_at) WHERE status IN ('awaiting_csr', 'awaiting_approval');

        DROP INDEX ix_acme_orders_open, ix_acme_orders_expires_at, ix_acme_orders_replaces;
        ALTER TABLE acme_orders SET (fillfactor = 70);
        ALTER TABLE acme_orders DROP COLUMN is_open, DROP COLUMN is_invalid;
        CREATE INDEX ix_acme_orders_open ON acme_orders (account_id) WHERE status IN ('pending', 'ready', 'processing');
        CREATE INDEX ix_acme_orders_expires_at ON acme_orders (expires_at) WHERE status IN ('pending', 'ready', 'processing');
        CREATE UNIQUE INDEX ix_acme_orders_replaces ON acme_orders (replaces) WHERE replaces IS NOT NULL AND status <> 'invalid';

        CREATE INDEX ix_managed_certificates_issuer_id ON managed_certificates (issuer_id);
        CREATE INDEX ix_managed_certificates_certificate_profile_id ON managed_certificates (certificate_profile_id);
        CREATE INDEX ix_managed_certificates_renewal_policy_id ON managed_certificates (renewal_policy_id);
        """);
}
