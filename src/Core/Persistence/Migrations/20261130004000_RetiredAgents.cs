using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Certctl.Core.Persistence.Migrations;

/// <summary>Retired agents are found without reading the others.</summary>
[DbContext(typeof(CertctlDbContext))]
[Migration("20261130004000_RetiredAgents")]
public sealed class RetiredAgents : Migration
{
    private const string Index = "ix_agents_retired_at";
    private const string Table = "agents";

    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateIndex(name: Index, table: Table, column: "retired_at", filter: "retired_at IS NOT NULL");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropIndex(name: Index, table: Table);
}
