using Certctl.Core.Domain.Issuers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Certctl.Core.Persistence.Configurations;

internal sealed class IssuerConfiguration : IEntityTypeConfiguration<Issuer>
{
    public void Configure(EntityTypeBuilder<Issuer> builder)
    {
        builder.ToTable("issuers");
        builder.Property(i => i.RowVersion).IsRowVersion();
        builder.Property(i => i.Name).HasMaxLength(255);
        builder.HasIndex(i => i.Name).IsUnique();
    }
}

internal sealed class StoredCertificateAuthorityConfiguration : IEntityTypeConfiguration<StoredCertificateAuthority>
{
    public void Configure(EntityTypeBuilder<StoredCertificateAuthority> builder)
    {
        builder.ToTable("certificate_authorities");
        builder.HasIndex(a => new { a.IssuerId, a.Role }).IsUnique();
        builder.HasOne<Issuer>().WithMany().HasForeignKey(a => a.IssuerId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class CachedCrlConfiguration : IEntityTypeConfiguration<CachedCrl>
{
    public void Configure(EntityTypeBuilder<CachedCrl> builder)
    {
        builder.ToTable("crl_cache");
        builder.HasKey(c => c.IssuerId);
        builder.HasOne<Issuer>().WithMany().HasForeignKey(c => c.IssuerId).OnDelete(DeleteBehavior.Cascade);
    }
}
