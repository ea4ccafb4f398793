using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Certctl.Core.Persistence.Migrations;

/// <summary>The database keeps the books of bulk renewals: whoever ends a renewal (a worker, a cancel, a revocation, a
/// time-out) is counted in the same statement, and the last one completes the bulk. A retry opens it again.</summary>
[DbContext(typeof(CertctlDbContext))]
[Migration("20261125021510_BulkBooks")]
public sealed class BulkBooks : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE FUNCTION settle_bulk_renewals(ids text[]) RETURNS void LANGUAGE sql AS $$
            UPDATE bulk_renewals SET
                status = CASE WHEN total_enqueued > total_completed + total_failed + total_cancelled THEN 'running'
                              WHEN cancel_requested_at IS NOT NULL THEN 'cancelled' ELSE 'completed' END,
                completed_at = CASE WHEN total_enqueued > total_completed + total_failed + total_cancelled THEN NULL
                                    ELSE clock_timestamp() END
            WHERE id = ANY(ids) AND expanded_at IS NOT NULL AND status IN ('running', 'completed', 'cancelled')
                AND (status = 'running') <> (total_enqueued > total_completed + total_failed + total_cancelled);
        $$;

        CREATE FUNCTION count_renewal_outcomes() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            touched text[];
        BEGIN
            -- Sums over both sides instead of a join of them: linear whatever the planner believes.
            WITH changes AS (
                SELECT id, sum(completed) AS completed, sum(failed) AS failed, sum(cancelled) AS cancelled
                FROM (
                    SELECT bulk_renewal_id AS id, (status = 'completed')::int AS completed, (status = 'failed')::int AS failed,
                        (status = 'cancelled')::int AS cancelled
                    FROM new_rows WHERE bulk_renewal_id IS NOT NULL
                    UNION ALL
                    SELECT bulk_renewal_id, -(status = 'completed')::int, -(status = 'failed')::int, -(status = 'cancelled')::int
                    FROM old_rows WHERE bulk_renewal_id IS NOT NULL
                ) AS sides
                GROUP BY id
                HAVING sum(completed) <> 0 OR sum(failed) <> 0 OR sum(cancelled) <> 0
            ), counted AS (
                UPDATE bulk_renewals b SET total_completed = b.total_completed + c.completed,
                    total_failed = b.total_failed + c.failed, total_cancelled = b.total_cancelled + c.cancelled
                FROM changes c WHERE b.id = c.id
                RETURNING b.id
            )
            SELECT array_agg(id) INTO touched FROM counted;
            IF touched IS NOT NULL THEN
                PERFORM settle_bulk_renewals(touched);
            END IF;
            RETURN NULL;
        END $$;

        CREATE TRIGGER renewals_count_outcomes AFTER UPDATE ON renewals
            REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION count_renewal_outcomes();
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        DROP TRIGGER renewals_count_outcomes ON renewals;
        DROP FUNCTION count_renewal_outcomes();
        DROP FUNCTION settle_bulk_renewals(text[]);
        """);
}
