using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Certctl.Core.Persistence.Migrations
{
    [DbContext(typeof(CertctlDbContext))]
    [Migration("20261125021400_Initial")]
    public sealed class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "agents",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: false, collation: "C"),
                    hostname = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true, collation: "C"),
                    os = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: true, collation: "C"),
                    architecture = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: true, collation: "C"),
                    ip_address = table.Column<string>(type: "character varying(45)", maxLength: 45, nullable: true, collation: "C"),
                    version = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: true, collation: "C"),
                    api_key_hash = table.Column<byte[]>(type: "bytea", nullable: true),
                    registered_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    retired_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    retired_reason = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: true, collation: "C"),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_agents", x => x.id);
                    table.CheckConstraint("ck_agents_api_key_hash_is_sha256", "octet_length(api_key_hash) = 32");
                });

            migrationBuilder.CreateTable(
                name: "api_keys",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    role = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false, collation: "C"),
                    key_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    agent_id_prefix = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: true, collation: "C"),
                    created_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_api_keys", x => x.id);
                    table.CheckConstraint("ck_api_keys_key_hash_is_sha256", "octet_length(key_hash) = 32");
                });

            migrationBuilder.CreateTable(
                name: "audit_events",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    actor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    actor_type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    action = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    resource_type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    resource_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    details = table.Column<string>(type: "jsonb", nullable: false),
                    timestamp = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_events", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "bulk_renewals",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    accepted_order = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    status = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false, collation: "C"),
                    criteria = table.Column<string>(type: "jsonb", nullable: false),
                    force = table.Column<bool>(type: "boolean", nullable: false),
                    requested_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    total_matched = table.Column<long>(type: "bigint", nullable: true),
                    total_enqueued = table.Column<long>(type: "bigint", nullable: true),
                    total_skipped = table.Column<long>(type: "bigint", nullable: true),
                    skipped = table.Column<string>(type: "jsonb", nullable: false),
                    total_completed = table.Column<long>(type: "bigint", nullable: false),
                    total_failed = table.Column<long>(type: "bigint", nullable: false),
                    total_cancelled = table.Column<long>(type: "bigint", nullable: false),
                    expansion_cursor = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    expanded_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    cancel_requested_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_error = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    completed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_bulk_renewals", x => x.id);
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 20);

            migrationBuilder.CreateTable(
                name: "bulk_revocations",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    accepted_order = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    status = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false, collation: "C"),
                    criteria = table.Column<string>(type: "jsonb", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    requested_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    total_matched = table.Column<long>(type: "bigint", nullable: true),
                    total_enqueued = table.Column<long>(type: "bigint", nullable: true),
                    total_skipped = table.Column<long>(type: "bigint", nullable: true),
                    skipped = table.Column<string>(type: "jsonb", nullable: false),
                    total_completed = table.Column<long>(type: "bigint", nullable: false),
                    total_failed = table.Column<long>(type: "bigint", nullable: false),
                    total_cancelled = table.Column<long>(type: "bigint", nullable: false),
                    expansion_cursor = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    expanded_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_error = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    completed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_bulk_revocations", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "certificate_revocations",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    certificate_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    issuer_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    serial_number = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false, collation: "C"),
                    reason = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false, collation: "C"),
                    revoked_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    not_after = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_certificate_revocations", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "certificate_versions",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    certificate_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    issuer_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    serial_number = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false, collation: "C"),
                    not_before = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    not_after = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    fingerprint_sha256 = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    pem_chain = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    csr_pem = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    key_algorithm = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    key_size = table.Column<int>(type: "integer", nullable: false),
                    renewal_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_certificate_versions", x => x.id);
                })
                .Annotation("Npgsql:StorageParameter:toast_tuple_target", 8160);

            migrationBuilder.CreateTable(
                name: "data_protection_keys",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    friendly_name = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    xml = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_data_protection_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "heartbeat_intake",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    last_intake_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    continuous_since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_heartbeat_intake", x => x.id);
                    table.CheckConstraint("ck_heartbeat_intake_one_row", "id = 1");
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 10);

            migrationBuilder.CreateTable(
                name: "idempotent_requests",
                columns: table => new
                {
                    actor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    key = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    request_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    status_code = table.Column<int>(type: "integer", nullable: false),
                    location = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    entity_tag = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    encrypted_body = table.Column<byte[]>(type: "bytea", nullable: false),
                    key_encryption_key_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_idempotent_requests", x => new { x.actor, x.key });
                });

            migrationBuilder.CreateTable(
                name: "issuers",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    enabled = table.Column<bool>(type: "boolean", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_issuers", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "renewal_policies",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    renewal_window_days = table.Column<int>(type: "integer", nullable: false),
                    auto_renew = table.Column<bool>(type: "boolean", nullable: false),
                    max_retries = table.Column<int>(type: "integer", nullable: false),
                    retry_interval_seconds = table.Column<int>(type: "integer", nullable: false),
                    alert_thresholds_days = table.Column<int[]>(type: "integer[]", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_renewal_policies", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "renewals",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    certificate_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    bulk_renewal_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    status = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false, collation: "C"),
                    trigger = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false, collation: "C"),
                    requested_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    max_attempts = table.Column<int>(type: "integer", nullable: false),
                    last_error = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true, collation: "C"),
                    next_attempt_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    lease_token = table.Column<Guid>(type: "uuid", nullable: true),
                    lease_expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    serial_number = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: true, collation: "C"),
                    version_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    csr_pem = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    decided_by = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    decided_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    completed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_renewals", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "teams",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    description = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_teams", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "tls_certificates",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    pem_chain = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    encrypted_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    key_encryption_key_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    not_after = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tls_certificates", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "agent_liveness",
                columns: table => new
                {
                    agent_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    last_heartbeat_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    heartbeat_interval_seconds = table.Column<int>(type: "integer", nullable: false),
                    online = table.Column<bool>(type: "boolean", nullable: false),
                    online_since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_agent_liveness", x => x.agent_id);
                    table.CheckConstraint("ck_agent_liveness_online_was_heard", "NOT online OR last_heartbeat_at IS NOT NULL");
                    table.ForeignKey(
                        name: "fk_agent_liveness_agents_agent_id",
                        column: x => x.agent_id,
                        principalTable: "agents",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 40);

            migrationBuilder.CreateTable(
                name: "certificate_authorities",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    issuer_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    role = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false, collation: "C"),
                    certificate_pem = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    encrypted_key = table.Column<byte[]>(type: "bytea", nullable: true),
                    key_encryption_key_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    not_after = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_certificate_authorities", x => x.id);
                    table.ForeignKey(
                        name: "fk_certificate_authorities_issuers_issuer_id",
                        column: x => x.issuer_id,
                        principalTable: "issuers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "certificate_profiles",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    description = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    issuer_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    enabled = table.Column<bool>(type: "boolean", nullable: false),
                    allowed_key_algorithms = table.Column<string[]>(type: "text[]", nullable: false),
                    max_ttl_seconds = table.Column<int>(type: "integer", nullable: false),
                    allowed_ekus = table.Column<string[]>(type: "text[]", nullable: false),
                    allowed_domains = table.Column<string[]>(type: "text[]", nullable: false),
                    allow_wildcards = table.Column<bool>(type: "boolean", nullable: false),
                    allow_ip_addresses = table.Column<bool>(type: "boolean", nullable: false),
                    requires_approval = table.Column<bool>(type: "boolean", nullable: false),
                    acme_auth_mode = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    acme_eab_required = table.Column<bool>(type: "boolean", nullable: false),
                    acme_rate_limited = table.Column<bool>(type: "boolean", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_certificate_profiles", x => x.id);
                    table.CheckConstraint("ck_certificate_profiles_acme_auth_mode", "acme_auth_mode IN ('trust_authenticated', 'challenge')");
                    table.ForeignKey(
                        name: "fk_certificate_profiles_issuers_issuer_id",
                        column: x => x.issuer_id,
                        principalTable: "issuers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "crl_cache",
                columns: table => new
                {
                    issuer_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    crl_number = table.Column<long>(type: "bigint", nullable: false),
                    der = table.Column<byte[]>(type: "bytea", nullable: false),
                    revocation_count = table.Column<long>(type: "bigint", nullable: false),
                    this_update = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    next_update = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_crl_cache", x => x.issuer_id);
                    table.ForeignKey(
                        name: "fk_crl_cache_issuers_issuer_id",
                        column: x => x.issuer_id,
                        principalTable: "issuers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "owners",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    email = table.Column<string>(type: "character varying(320)", maxLength: 320, nullable: false, collation: "C"),
                    team_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_owners", x => x.id);
                    table.ForeignKey(
                        name: "fk_owners_teams_team_id",
                        column: x => x.team_id,
                        principalTable: "teams",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "managed_certificates",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    common_name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    sans = table.Column<string[]>(type: "text[]", nullable: false),
                    environment = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: true, collation: "C"),
                    owner_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    team_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    issuer_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    renewal_policy_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    certificate_profile_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    agent_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    status = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    tags = table.Column<string>(type: "jsonb", nullable: false),
                    key_mode = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false, collation: "C"),
                    csr_pem = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    last_renewal_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revocation_reason = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: true, collation: "C"),
                    source = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_managed_certificates", x => x.id);
                    table.ForeignKey(
                        name: "fk_managed_certificates_agents_agent_id",
                        column: x => x.agent_id,
                        principalTable: "agents",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_managed_certificates_certificate_profiles_certificate_profi",
                        column: x => x.certificate_profile_id,
                        principalTable: "certificate_profiles",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_managed_certificates_issuers_issuer_id",
                        column: x => x.issuer_id,
                        principalTable: "issuers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_managed_certificates_owners_owner_id",
                        column: x => x.owner_id,
                        principalTable: "owners",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_managed_certificates_renewal_policies_renewal_policy_id",
                        column: x => x.renewal_policy_id,
                        principalTable: "renewal_policies",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_managed_certificates_teams_team_id",
                        column: x => x.team_id,
                        principalTable: "teams",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 60);

            migrationBuilder.CreateTable(
                name: "private_keys",
                columns: table => new
                {
                    certificate_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    key_encryption_key_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ciphertext = table.Column<byte[]>(type: "bytea", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_private_keys", x => x.certificate_id);
                    table.ForeignKey(
                        name: "fk_private_keys_managed_certificates_certificate_id",
                        column: x => x.certificate_id,
                        principalTable: "managed_certificates",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 50);

            migrationBuilder.InsertData(
                table: "heartbeat_intake",
                columns: ["id", "continuous_since", "last_intake_at"],
                columnTypes: ["integer", "timestamp with time zone", "timestamp with time zone"],
                values: [1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch]);

            migrationBuilder.CreateIndex(
                name: "ix_agents_api_key_hash",
                table: "agents",
                column: "api_key_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_agents_name",
                table: "agents",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_agents_updated_at",
                table: "agents",
                column: "updated_at");

            migrationBuilder.CreateIndex(
                name: "ix_api_keys_key_hash",
                table: "api_keys",
                column: "key_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_resource_id_id",
                table: "audit_events",
                columns: new[] { "resource_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_bulk_renewals_accepted_order",
                table: "bulk_renewals",
                column: "accepted_order",
                filter: "expanded_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_bulk_revocations_accepted_order",
                table: "bulk_revocations",
                column: "accepted_order",
                filter: "expanded_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_certificate_authorities_issuer_id_role",
                table: "certificate_authorities",
                columns: new[] { "issuer_id", "role" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_certificate_profiles_issuer_id",
                table: "certificate_profiles",
                column: "issuer_id");

            migrationBuilder.CreateIndex(
                name: "ix_certificate_profiles_name",
                table: "certificate_profiles",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_certificate_revocations_certificate_id",
                table: "certificate_revocations",
                column: "certificate_id");

            migrationBuilder.CreateIndex(
                name: "ix_certificate_revocations_issuer_id_serial_number",
                table: "certificate_revocations",
                columns: new[] { "issuer_id", "serial_number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_certificate_versions_certificate_id_created_at",
                table: "certificate_versions",
                columns: new[] { "certificate_id", "created_at" },
                descending: new[] { false, true });

            migrationBuilder.CreateIndex(
                name: "ix_certificate_versions_issuer_id_serial_number",
                table: "certificate_versions",
                columns: new[] { "issuer_id", "serial_number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_idempotent_requests_created_at",
                table: "idempotent_requests",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_issuers_name",
                table: "issuers",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_managed_certificates_agent_id",
                table: "managed_certificates",
                column: "agent_id",
                filter: "agent_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_managed_certificates_certificate_profile_id",
                table: "managed_certificates",
                column: "certificate_profile_id");

            migrationBuilder.CreateIndex(
                name: "ix_managed_certificates_created_at_id",
                table: "managed_certificates",
                columns: new[] { "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_managed_certificates_expires_at_id",
                table: "managed_certificates",
                columns: new[] { "expires_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_managed_certificates_issuer_id",
                table: "managed_certificates",
                column: "issuer_id");

            migrationBuilder.CreateIndex(
                name: "ix_managed_certificates_name",
                table: "managed_certificates",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_managed_certificates_owner_id",
                table: "managed_certificates",
                column: "owner_id");

            migrationBuilder.CreateIndex(
                name: "ix_managed_certificates_renewal_policy_id",
                table: "managed_certificates",
                column: "renewal_policy_id");

            migrationBuilder.CreateIndex(
                name: "ix_managed_certificates_team_id",
                table: "managed_certificates",
                column: "team_id");

            migrationBuilder.CreateIndex(
                name: "ix_owners_team_id",
                table: "owners",
                column: "team_id");

            migrationBuilder.CreateIndex(
                name: "ix_renewal_policies_name",
                table: "renewal_policies",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_renewals_bulk_renewal_id_id",
                table: "renewals",
                columns: new[] { "bulk_renewal_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_renewals_certificate_id_created_at",
                table: "renewals",
                columns: new[] { "certificate_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_renewals_created_at",
                table: "renewals",
                column: "created_at",
                filter: "status IN ('awaiting_csr', 'awaiting_approval')");

            migrationBuilder.CreateIndex(
                name: "ix_renewals_created_at_id",
                table: "renewals",
                columns: new[] { "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_renewals_lease_expires_at",
                table: "renewals",
                column: "lease_expires_at",
                filter: "status = 'running'");

            migrationBuilder.CreateIndex(
                name: "ix_renewals_next_attempt_at",
                table: "renewals",
                column: "next_attempt_at",
                filter: "status = 'pending'");

            migrationBuilder.CreateIndex(
                name: "ix_renewals_one_active_a_certificate",
                table: "renewals",
                column: "certificate_id",
                unique: true,
                filter: "status IN ('pending', 'awaiting_csr', 'awaiting_approval', 'running')");

            migrationBuilder.CreateIndex(
                name: "ix_teams_name",
                table: "teams",
                column: "name",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "agent_liveness");

            migrationBuilder.DropTable(
                name: "api_keys");

            migrationBuilder.DropTable(
                name: "audit_events");

            migrationBuilder.DropTable(
                name: "bulk_renewals");

            migrationBuilder.DropTable(
                name: "bulk_revocations");

            migrationBuilder.DropTable(
                name: "certificate_authorities");

            migrationBuilder.DropTable(
                name: "certificate_revocations");

            migrationBuilder.DropTable(
                name: "certificate_versions");

            migrationBuilder.DropTable(
                name: "crl_cache");

            migrationBuilder.DropTable(
                name: "data_protection_keys");

            migrationBuilder.DropTable(
                name: "heartbeat_intake");

            migrationBuilder.DropTable(
                name: "idempotent_requests");

            migrationBuilder.DropTable(
                name: "private_keys");

            migrationBuilder.DropTable(
                name: "renewals");

            migrationBuilder.DropTable(
                name: "tls_certificates");

            migrationBuilder.DropTable(
                name: "managed_certificates");

            migrationBuilder.DropTable(
                name: "agents");

            migrationBuilder.DropTable(
                name: "certificate_profiles");

            migrationBuilder.DropTable(
                name: "owners");

            migrationBuilder.DropTable(
                name: "renewal_policies");

            migrationBuilder.DropTable(
                name: "issuers");

            migrationBuilder.DropTable(
                name: "teams");
        }
    }
}
