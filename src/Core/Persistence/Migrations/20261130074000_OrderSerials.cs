using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Certctl.Core.Persistence.Migrations;

/// <summary>An order has its certificate's serial from the start (ADR 0018).</summary>
[DbContext(typeof(CertctlDbContext))]
[Migration("20261130074000_OrderSerials")]
public sealed class OrderSerials : Migration
{
    private const string Table = "acme_orders";
    private const string Column = "serial_number";

    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AddColumn<string>(name: Column, table: Table, type: "character varying(40)", maxLength: 40, nullable: true, collation: "C");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropColumn(name: Column, table: Table);
}
