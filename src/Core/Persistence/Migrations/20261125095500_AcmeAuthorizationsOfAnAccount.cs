using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Certctl.Core.Persistence.Migrations;

/// <summary>Deactivating or suspending an account finds its pending authorizations by the index that finds its valid ones.</summary>
[DbContext(typeof(CertctlDbContext))]
[Migration("20261125095500_AcmeAuthorizationsOfAnAccount")]
public sealed class AcmeAuthorizationsOfAnAccount : Migration
{
    private const string Index = "ix_acme_authorizations_account_id_identifier_value";
    private const string Table = "acme_authorizations";

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropIndex(name: Index, table: Table);
        migrationBuilder.CreateIndex(name: Index, table: Table, columns: ["account_id", "identifier_value"], filter: "status IN ('pending', 'valid')");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropIndex(name: Index, table: Table);
        migrationBuilder.CreateIndex(name: Index, table: Table, columns: ["account_id", "identifier_value"], filter: "status = 'valid'");
    }
}
