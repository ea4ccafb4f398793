using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Certctl.Core.Persistence.Migrations;

/// <summary>A bulk whose expansion fails is tried again, and failed after some attempts. An older worker leaves both columns alone.</summary>
[DbContext(typeof(CertctlDbContext))]
[Migration("20261125110010_BulkExpansionFailures")]
public sealed class BulkExpansionFailures : Migration
{
    private static readonly string[] Tables = ["bulk_renewals", "bulk_revocations"];

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        foreach (var table in Tables)
        {
            migrationBuilder.AddColumn<int>("expansion_attempts", table, "integer", nullable: false, defaultValue: 0);
            migrationBuilder.AddColumn<DateTimeOffset>("next_expansion_at", table, "timestamp with time zone", nullable: true);
        }
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        foreach (var table in Tables)
        {
            migrationBuilder.DropColumn("expansion_attempts", table);
            migrationBuilder.DropColumn("next_expansion_at", table);
        }
    }
}
