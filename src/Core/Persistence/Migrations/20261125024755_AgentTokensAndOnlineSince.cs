using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Certctl.Core.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class AgentTokensAndOnlineSince : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "online_since",
                table: "agent_liveness",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_agents_api_key_hash",
                table: "agents",
                column: "api_key_hash",
                unique: true);

            migrationBuilder.AddCheckConstraint(
                name: "ck_agent_liveness_online_was_heard",
                table: "agent_liveness",
                sql: "NOT online OR last_heartbeat_at IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_agents_api_key_hash",
                table: "agents");

            migrationBuilder.DropCheckConstraint(
                name: "ck_agent_liveness_online_was_heard",
                table: "agent_liveness");

            migrationBuilder.DropColumn(
                name: "online_since",
                table: "agent_liveness");
        }
    }
}
