using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Certctl.Core.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class ListIndexes : Migration
    {
        // The row versions that came with this model are PostgreSQL's own xmin: there is no column to add.

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_managed_certificates_created_at_id",
                table: "managed_certificates",
                columns: new[] { "created_at", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_managed_certificates_created_at_id",
                table: "managed_certificates");
        }
    }
}
