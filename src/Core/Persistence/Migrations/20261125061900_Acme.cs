using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Certctl.Core.Persistence.Migrations
{
    [DbContext(typeof(CertctlDbContext))]
    [Migration("20261125061900_Acme")]
    public sealed class Acme : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_renewals_one_active_a_certificate",
                table: "renewals");

            migrationBuilder.AddColumn<string>(
                name: "acme_order_id",
                table: "renewals",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "requested_not_after",
                table: "renewals",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "requested_not_before",
                table: "renewals",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "acme_account_id",
                table: "managed_certificates",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "replacement_announced_at",
                table: "managed_certificates",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "acme_allow_private_addresses",
                table: "certificate_profiles",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string[]>(
                name: "acme_challenge_types",
                table: "certificate_profiles",
                type: "text[]",
                nullable: false,
                defaultValueSql: "ARRAY['http-01', 'dns-01', 'tls-alpn-01']");

            migrationBuilder.AddColumn<string>(
                name: "acme_limits",
                table: "certificate_profiles",
                type: "jsonb",
                nullable: false,
                defaultValueSql: "'{}'");

            migrationBuilder.AddColumn<string>(
                name: "acme_owner_id",
                table: "certificate_profiles",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<string>(
                name: "acme_renewal_policy_id",
                table: "certificate_profiles",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<string>(
                name: "acme_team_id",
                table: "certificate_profiles",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<string>(
                name: "acme_variants",
                table: "certificate_profiles",
                type: "jsonb",
                nullable: false,
                defaultValueSql: "'{}'");

            migrationBuilder.CreateTable(
                name: "acme_authorizations",
                columns: table => new
                {
                    authz_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    account_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    profile_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    order_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    identifier_type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    identifier_value = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    wildcard = table.Column<bool>(type: "boolean", nullable: false),
                    status = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false, collation: "C"),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_acme_authorizations", x => x.authz_id);
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 80);

            migrationBuilder.CreateTable(
                name: "acme_challenges",
                columns: table => new
                {
                    challenge_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    authz_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    status = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false, collation: "C"),
                    token = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    account_url = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    validated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    error = table.Column<string>(type: "jsonb", nullable: true),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    window_ends_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    next_attempt_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    lease_expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_acme_challenges", x => x.challenge_id);
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 60);

            migrationBuilder.CreateTable(
                name: "acme_eab_keys",
                columns: table => new
                {
                    key_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    profile_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    encrypted_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    key_encryption_key_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    allowed_domains = table.Column<string[]>(type: "text[]", nullable: false),
                    reusable = table.Column<bool>(type: "boolean", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_used_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_acme_eab_keys", x => x.key_id);
                    table.ForeignKey(
                        name: "fk_acme_eab_keys_profiles_profile_id",
                        column: x => x.profile_id,
                        principalTable: "certificate_profiles",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "acme_orders",
                columns: table => new
                {
                    order_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    account_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    profile_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    identifiers = table.Column<string>(type: "jsonb", nullable: false),
                    authorization_ids = table.Column<string[]>(type: "text[]", nullable: false),
                    status = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false, collation: "C"),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    not_before = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    not_after = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    variant = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    replaces = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    error = table.Column<string>(type: "jsonb", nullable: true),
                    renewal_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    certificate_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    version_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_acme_orders", x => x.order_id);
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 70);

            migrationBuilder.CreateTable(
                name: "acme_rate_limits",
                columns: table => new
                {
                    key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    full_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_acme_rate_limits", x => x.key);
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 50);

            migrationBuilder.CreateTable(
                name: "acme_used_nonces",
                columns: table => new
                {
                    nonce = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_acme_used_nonces", x => x.nonce);
                });

            migrationBuilder.CreateTable(
                name: "acme_accounts",
                columns: table => new
                {
                    account_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    profile_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    jwk_thumbprint = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    jwk = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    contact = table.Column<string[]>(type: "text[]", nullable: false),
                    status = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false, collation: "C"),
                    terms_agreed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    eab_key_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    external_account_binding = table.Column<string>(type: "jsonb", nullable: true),
                    limits = table.Column<string>(type: "jsonb", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_acme_accounts", x => x.account_id);
                    table.ForeignKey(
                        name: "fk_acme_accounts_acme_eab_keys_eab_key_id",
                        column: x => x.eab_key_id,
                        principalTable: "acme_eab_keys",
                        principalColumn: "key_id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_acme_accounts_profiles_profile_id",
                        column: x => x.profile_id,
                        principalTable: "certificate_profiles",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_renewals_one_active_a_certificate",
                table: "renewals",
                columns: new[] { "certificate_id", "acme_order_id" },
                unique: true,
                filter: "status IN ('pending', 'awaiting_csr', 'awaiting_approval', 'running')")
                .Annotation("Npgsql:NullsDistinct", false);

            migrationBuilder.CreateIndex(
                name: "ix_managed_certificates_acme_account_id",
                table: "managed_certificates",
                column: "acme_account_id",
                filter: "acme_account_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_certificate_profiles_acme_owner_id",
                table: "certificate_profiles",
                column: "acme_owner_id");

            migrationBuilder.CreateIndex(
                name: "ix_certificate_profiles_acme_renewal_policy_id",
                table: "certificate_profiles",
                column: "acme_renewal_policy_id");

            migrationBuilder.CreateIndex(
                name: "ix_certificate_profiles_acme_team_id",
                table: "certificate_profiles",
                column: "acme_team_id");

            migrationBuilder.CreateIndex(
                name: "ix_acme_accounts_eab_key_id",
                table: "acme_accounts",
                column: "eab_key_id",
                filter: "eab_key_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_acme_accounts_jwk_thumbprint",
                table: "acme_accounts",
                column: "jwk_thumbprint");

            migrationBuilder.CreateIndex(
                name: "ix_acme_accounts_profile_id_jwk_thumbprint",
                table: "acme_accounts",
                columns: new[] { "profile_id", "jwk_thumbprint" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_acme_authorizations_account_id_identifier_value",
                table: "acme_authorizations",
                columns: new[] { "account_id", "identifier_value" },
                filter: "status = 'valid'");

            migrationBuilder.CreateIndex(
                name: "ix_acme_authorizations_expires_at",
                table: "acme_authorizations",
                column: "expires_at",
                filter: "status = 'pending'");

            migrationBuilder.CreateIndex(
                name: "ix_acme_challenges_authz_id",
                table: "acme_challenges",
                column: "authz_id");

            migrationBuilder.CreateIndex(
                name: "ix_acme_challenges_next_attempt_at",
                table: "acme_challenges",
                column: "next_attempt_at",
                filter: "status = 'processing'");

            migrationBuilder.CreateIndex(
                name: "ix_acme_eab_keys_profile_id",
                table: "acme_eab_keys",
                column: "profile_id");

            migrationBuilder.CreateIndex(
                name: "ix_acme_orders_account_id_order_id",
                table: "acme_orders",
                columns: new[] { "account_id", "order_id" });

            migrationBuilder.CreateIndex(
                name: "ix_acme_orders_expires_at",
                table: "acme_orders",
                column: "expires_at",
                filter: "status IN ('pending', 'ready', 'processing')");

            migrationBuilder.CreateIndex(
                name: "ix_acme_orders_open",
                table: "acme_orders",
                column: "account_id",
                filter: "status IN ('pending', 'ready', 'processing')");

            migrationBuilder.CreateIndex(
                name: "ix_acme_orders_replaces",
                table: "acme_orders",
                column: "replaces",
                unique: true,
                filter: "replaces IS NOT NULL AND status <> 'invalid'");

            migrationBuilder.AddForeignKey(
                name: "fk_certificate_profiles_owners_acme_owner_id",
                table: "certificate_profiles",
                column: "acme_owner_id",
                principalTable: "owners",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "fk_certificate_profiles_renewal_policies_acme_renewal_policy_id",
                table: "certificate_profiles",
                column: "acme_renewal_policy_id",
                principalTable: "renewal_policies",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "fk_certificate_profiles_teams_acme_team_id",
                table: "certificate_profiles",
                column: "acme_team_id",
                principalTable: "teams",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_certificate_profiles_owners_acme_owner_id",
                table: "certificate_profiles");

            migrationBuilder.DropForeignKey(
                name: "fk_certificate_profiles_renewal_policies_acme_renewal_policy_id",
                table: "certificate_profiles");

            migrationBuilder.DropForeignKey(
                name: "fk_certificate_profiles_teams_acme_team_id",
                table: "certificate_profiles");

            migrationBuilder.DropTable(
                name: "acme_accounts");

            migrationBuilder.DropTable(
                name: "acme_authorizations");

            migrationBuilder.DropTable(
                name: "acme_challenges");

            migrationBuilder.DropTable(
                name: "acme_orders");

            migrationBuilder.DropTable(
                name: "acme_rate_limits");

            migrationBuilder.DropTable(
                name: "acme_used_nonces");

            migrationBuilder.DropTable(
                name: "acme_eab_keys");

            migrationBuilder.DropIndex(
                name: "ix_renewals_one_active_a_certificate",
                table: "renewals");

            migrationBuilder.DropIndex(
                name: "ix_managed_certificates_acme_account_id",
                table: "managed_certificates");

            migrationBuilder.DropIndex(
                name: "ix_certificate_profiles_acme_owner_id",
                table: "certificate_profiles");

            migrationBuilder.DropIndex(
                name: "ix_certificate_profiles_acme_renewal_policy_id",
                table: "certificate_profiles");

            migrationBuilder.DropIndex(
                name: "ix_certificate_profiles_acme_team_id",
                table: "certificate_profiles");

            migrationBuilder.DropColumn(
                name: "acme_order_id",
                table: "renewals");

            migrationBuilder.DropColumn(
                name: "requested_not_after",
                table: "renewals");

            migrationBuilder.DropColumn(
                name: "requested_not_before",
                table: "renewals");

            migrationBuilder.DropColumn(
                name: "acme_account_id",
                table: "managed_certificates");

            migrationBuilder.DropColumn(
                name: "replacement_announced_at",
                table: "managed_certificates");

            migrationBuilder.DropColumn(
                name: "acme_allow_private_addresses",
                table: "certificate_profiles");

            migrationBuilder.DropColumn(
                name: "acme_challenge_types",
                table: "certificate_profiles");

            migrationBuilder.DropColumn(
                name: "acme_limits",
                table: "certificate_profiles");

            migrationBuilder.DropColumn(
                name: "acme_owner_id",
                table: "certificate_profiles");

            migrationBuilder.DropColumn(
                name: "acme_renewal_policy_id",
                table: "certificate_profiles");

            migrationBuilder.DropColumn(
                name: "acme_team_id",
                table: "certificate_profiles");

            migrationBuilder.DropColumn(
                name: "acme_variants",
                table: "certificate_profiles");

            migrationBuilder.CreateIndex(
                name: "ix_renewals_one_active_a_certificate",
                table: "renewals",
                column: "certificate_id",
                unique: true,
                filter: "status IN ('pending', 'awaiting_csr', 'awaiting_approval', 'running')");
        }
    }
}
