using Certctl.Core.Domain.Issuers;
using Certctl.Core.Domain.Organization;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Domain.Renewals;
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
        builder.Property(p => p.AcmeLimits).HasJson().HasDefaultValueSql("'{}'");
        builder.Property(p => p.AcmeVariants).HasJson().HasDefaultValueSql("'{}'");
        builder.Property(p => p.AcmeChallengeTypes).HasDefaultValueSql("ARRAY['http-01', 'dns-01', 'tls-alpn-01']");
        builder.Property(p => p.Name).HasMaxLength(255);
        builder.HasIndex(p => p.Name).IsUnique();
        builder.HasOne<Issuer>().WithMany().HasForeignKey(p => p.IssuerId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Owner>().WithMany().HasForeignKey(p => p.AcmeOwnerId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Team>().WithMany().HasForeignKey(p => p.AcmeTeamId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<RenewalPolicy>().WithMany().HasForeignKey(p => p.AcmeRenewalPolicyId).OnDelete(DeleteBehavior.Restrict);
    }
}
