using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Certctl.Core.Persistence.Migrations
{
    [DbContext(typeof(CertctlDbContext))]
    [Migration("20261125110000_DeadLetters")]
    public sealed class DeadLetters : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "dead_letters",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    fingerprint = table.Column<byte[]>(type: "bytea", nullable: false),
                    queue = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    found_in = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    kind = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false, collation: "C"),
                    message_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    message_type = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    exception_type = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    stack_trace = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    content_type = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    headers = table.Column<string>(type: "jsonb", nullable: false),
                    body = table.Column<byte[]>(type: "bytea", nullable: false),
                    body_size = table.Column<int>(type: "integer", nullable: false),
                    failed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    requeue_requested_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    requeue_requested_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    requeued_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    requeue_error = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    requeue_of = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_dead_letters", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_dead_letters_fingerprint",
                table: "dead_letters",
                column: "fingerprint",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_dead_letters_queue",
                table: "dead_letters",
                column: "queue",
                filter: "requeued_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_dead_letters_requeue_requested_at",
                table: "dead_letters",
                column: "requeue_requested_at",
                filter: "requeue_requested_at IS NOT NULL AND requeued_at IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "dead_letters");
        }
    }
}
