using Certctl.Core.Domain.DeadLetters;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Certctl.Core.Persistence.Configurations;

internal sealed class DeadLetterConfiguration : IEntityTypeConfiguration<DeadLetter>
{
    public void Configure(EntityTypeBuilder<DeadLetter> builder)
    {
        builder.ToTable("dead_letters");
        builder.Property(d => d.Headers).HasColumnType("jsonb");
        builder.Property(d => d.RowVersion).IsRowVersion();
        builder.Ignore(d => d.IsWhole);
        builder.HasIndex(d => d.Fingerprint).IsUnique();
        builder.HasIndex(d => d.Queue).HasFilter("requeued_at IS NULL");
        builder.HasIndex(d => d.RequeueRequestedAt).HasFilter("requeue_requested_at IS NOT NULL AND requeued_at IS NULL");
    }
}
