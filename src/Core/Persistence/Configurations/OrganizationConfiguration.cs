using Certctl.Core.Domain.Organization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Certctl.Core.Persistence.Configurations;

internal sealed class TeamConfiguration : IEntityTypeConfiguration<Team>
{
    public void Configure(EntityTypeBuilder<Team> builder)
    {
        builder.ToTable("teams");
        builder.Property(t => t.RowVersion).IsRowVersion();
        builder.Property(t => t.Name).HasMaxLength(255);
        builder.HasIndex(t => t.Name).IsUnique();
    }
}

internal sealed class OwnerConfiguration : IEntityTypeConfiguration<Owner>
{
    public void Configure(EntityTypeBuilder<Owner> builder)
    {
        builder.ToTable("owners");
        builder.Property(o => o.RowVersion).IsRowVersion();
        builder.Property(o => o.Name).HasMaxLength(255);
        builder.Property(o => o.Email).HasMaxLength(320);
        builder.HasOne<Team>().WithMany().HasForeignKey(o => o.TeamId).OnDelete(DeleteBehavior.Restrict);
    }
}
