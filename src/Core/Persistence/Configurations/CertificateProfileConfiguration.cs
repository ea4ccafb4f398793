using Certctl.Core.Domain.Issuers;
using Certctl.Core.Domain.Profiles;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Certctl.Core.Persistence.Configurations;

internal sealed class CertificateProfileConfiguration : IEntityTypeConfiguration<CertificateProfile>
{
    public void Configure(EntityTypeBuilder<CertificateProfile> builder)
    {
        builder.ToTable("certificate_profiles", t => t.HasCheckConstraint(
            "ck_certificate_profiles_acme_auth_mode", "acme_auth_mode IN ('trust_authenticated', 'challenge')"));
        builder.Property(p => p.RowVersion).IsRowVersion();
        builder.Property(p => p.Name).HasMaxLength(255);
        builder.HasIndex(p => p.Name).IsUnique();
        builder.HasOne<Issuer>().WithMany().HasForeignKey(p => p.IssuerId).OnDelete(DeleteBehavior.Restrict);
    }
}
