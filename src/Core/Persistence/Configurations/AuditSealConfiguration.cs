using Certctl.Core.Domain.Access;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Certctl.Core.Persistence.Configurations;

internal sealed class AuditSealConfiguration : IEntityTypeConfiguration<AuditSeal>
{
    public void Configure(EntityTypeBuilder<AuditSeal> builder)
    {
        builder.ToTable("audit_seals", t => t.HasCheckConstraint("ck_audit_seals_range", "to_sequence >= from_sequence"));
        builder.HasKey(s => s.FromSequence);
        builder.Property(s => s.FromSequence).ValueGeneratedNever();
        builder.HasIndex(s => s.ToSequence).IsUnique();
    }
}

internal sealed class AuditSealKeyConfiguration : IEntityTypeConfiguration<AuditSealKey>
{
    public void Configure(EntityTypeBuilder<AuditSealKey> builder) => builder.ToTable("audit_seal_keys");
}
