using Certctl.Core.Domain.Agents;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Certctl.Core.Persistence.Configurations;

internal sealed class AgentConfiguration : IEntityTypeConfiguration<Agent>
{
    public void Configure(EntityTypeBuilder<Agent> builder)
    {
        builder.ToTable("agents", t => t.HasCheckConstraint("ck_agents_api_key_hash_is_sha256", "octet_length(api_key_hash) = 32"));
        builder.Property(a => a.Name).HasMaxLength(128);
        builder.Property(a => a.Hostname).HasMaxLength(AgentMetadataLimits.Hostname);
        builder.Property(a => a.Os).HasMaxLength(AgentMetadataLimits.Os);
        builder.Property(a => a.Architecture).HasMaxLength(AgentMetadataLimits.Architecture);
        builder.Property(a => a.IpAddress).HasMaxLength(AgentMetadataLimits.IpAddress);
        builder.Property(a => a.Version).HasMaxLength(AgentMetadataLimits.Version);
        builder.Property(a => a.RetiredReason).HasMaxLength(255);
        builder.Property(a => a.RowVersion).IsRowVersion();
        builder.HasIndex(a => a.Name).IsUnique();
        builder.HasIndex(a => a.ApiKeyHash).IsUnique();
        builder.HasIndex(a => a.UpdatedAt);
        // The few that whoever looks at the liveness of all leaves out.
        builder.HasIndex(a => a.RetiredAt).HasFilter("retired_at IS NOT NULL");
    }
}

internal sealed class AgentLivenessConfiguration : IEntityTypeConfiguration<AgentLiveness>
{
    public void Configure(EntityTypeBuilder<AgentLiveness> builder)
    {
        builder.ToTable("agent_liveness", t => t.HasCheckConstraint(
            "ck_agent_liveness_online_was_heard", "NOT online OR last_heartbeat_at IS NOT NULL"));
        builder.HasKey(l => l.AgentId);
        builder.HasStorageParameter("fillfactor", 40);
        builder.HasOne<Agent>().WithOne().HasForeignKey<AgentLiveness>(l => l.AgentId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class HeartbeatIntakeConfiguration : IEntityTypeConfiguration<HeartbeatIntake>
{
    public void Configure(EntityTypeBuilder<HeartbeatIntake> builder)
    {
        builder.ToTable("heartbeat_intake", t => t.HasCheckConstraint("ck_heartbeat_intake_one_row", "id = 1"));
        builder.HasStorageParameter("fillfactor", 10);
        builder.Property(i => i.Id).ValueGeneratedNever();
        builder.HasData(new HeartbeatIntake { LastIntakeAt = DateTimeOffset.UnixEpoch, ContinuousSince = DateTimeOffset.UnixEpoch });
    }
}
