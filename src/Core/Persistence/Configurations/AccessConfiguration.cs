using Certctl.Core.Domain.Access;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Certctl.Core.Persistence.Configurations;

internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.ToTable("api_keys", t => t.HasCheckConstraint("ck_api_keys_key_hash_is_sha256", "octet_length(key_hash) = 32"));
        builder.Property(k => k.RowVersion).IsRowVersion();
        builder.Property(k => k.Name).HasMaxLength(255);
        builder.Property(k => k.AgentIdPrefix).HasMaxLength(128);
        builder.HasIndex(k => k.KeyHash).IsUnique();
    }
}

internal sealed class AuditEventConfiguration : IEntityTypeConfiguration<AuditEvent>
{
    public void Configure(EntityTypeBuilder<AuditEvent> builder)
    {
        builder.ToTable("audit_events");
        builder.Property(e => e.Id).UseIdentityAlwaysColumn();
        builder.Property(e => e.Details).HasColumnType("jsonb");
        builder.HasIndex(e => new { e.ResourceId, e.Id });
    }
}

internal sealed class IdempotentRequestConfiguration : IEntityTypeConfiguration<IdempotentRequest>
{
    public void Configure(EntityTypeBuilder<IdempotentRequest> builder)
    {
        builder.ToTable("idempotent_requests");
        builder.HasKey(r => new { r.Actor, r.Key });
        builder.Property(r => r.Key).HasMaxLength(255);
        builder.HasIndex(r => r.CreatedAt);
    }
}

internal sealed class TlsCertificateConfiguration : IEntityTypeConfiguration<TlsCertificate>
{
    public void Configure(EntityTypeBuilder<TlsCertificate> builder)
    {
        builder.ToTable("tls_certificates");
        builder.HasKey(c => c.Name);
    }
}
