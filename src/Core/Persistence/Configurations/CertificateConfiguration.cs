using Certctl.Core.Domain.Agents;
using Certctl.Core.Domain.Certificates;
using Certctl.Core.Domain.Issuers;
using Certctl.Core.Domain.Organization;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Domain.Renewals;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Certctl.Core.Persistence.Configurations;

internal sealed class ManagedCertificateConfiguration : IEntityTypeConfiguration<ManagedCertificate>
{
    public void Configure(EntityTypeBuilder<ManagedCertificate> builder)
    {
        builder.ToTable("managed_certificates");
        // Room on the page: taking a certificate into renewal changes no indexed column and stays a HOT update.
        builder.HasStorageParameter("fillfactor", 60);
        builder.Property(c => c.Name).HasMaxLength(255);
        builder.Property(c => c.CommonName).HasMaxLength(255);
        builder.Property(c => c.Environment).HasMaxLength(50);
        builder.Property(c => c.RevocationReason).HasMaxLength(50);
        builder.Property(c => c.Tags).HasJson();
        builder.Property(c => c.RowVersion).IsRowVersion();
        builder.HasIndex(c => c.Name).IsUnique();
        builder.HasIndex(c => new { c.ExpiresAt, c.Id });
        builder.HasIndex(c => new { c.CreatedAt, c.Id });
        // None for its issuer, profile and policy: they have few values each, and a renewal would pay for three more entries (ADR 0017).
        builder.HasIndex(c => c.OwnerId);
        builder.HasIndex(c => c.TeamId);
        builder.HasIndex(c => c.AcmeAccountId).HasFilter("acme_account_id IS NOT NULL");
        builder.HasIndex(c => c.AgentId).HasFilter("agent_id IS NOT NULL");
        builder.HasOne<Owner>().WithMany().HasForeignKey(c => c.OwnerId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Team>().WithMany().HasForeignKey(c => c.TeamId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Issuer>().WithMany().HasForeignKey(c => c.IssuerId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<RenewalPolicy>().WithMany().HasForeignKey(c => c.RenewalPolicyId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<CertificateProfile>().WithMany().HasForeignKey(c => c.CertificateProfileId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Agent>().WithMany().HasForeignKey(c => c.AgentId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class CertificateVersionConfiguration : IEntityTypeConfiguration<CertificateVersion>
{
    public void Configure(EntityTypeBuilder<CertificateVersion> builder)
    {
        builder.ToTable("certificate_versions");
        // A chain of two is about 2 kB of base64, which does not compress: keep it in the row instead of in TOAST.
        builder.HasStorageParameter("toast_tuple_target", 8160);
        builder.Property(v => v.SerialNumber).HasMaxLength(40);
        builder.Property(v => v.FingerprintSha256).HasMaxLength(64);
        builder.HasIndex(v => new { v.IssuerId, v.SerialNumber }).IsUnique();
        builder.HasIndex(v => new { v.CertificateId, v.CreatedAt }).IsDescending(false, true);
    }
}

internal sealed class StoredPrivateKeyConfiguration : IEntityTypeConfiguration<StoredPrivateKey>
{
    public void Configure(EntityTypeBuilder<StoredPrivateKey> builder)
    {
        builder.ToTable("private_keys");
        builder.HasKey(k => k.CertificateId);
        builder.HasStorageParameter("fillfactor", 50);
        builder.HasOne<ManagedCertificate>().WithMany().HasForeignKey(k => k.CertificateId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class CertificateRevocationConfiguration : IEntityTypeConfiguration<CertificateRevocation>
{
    public void Configure(EntityTypeBuilder<CertificateRevocation> builder)
    {
        builder.ToTable("certificate_revocations");
        builder.Property(r => r.SerialNumber).HasMaxLength(40);
        builder.Property(r => r.Reason).HasMaxLength(50);
        builder.HasIndex(r => new { r.IssuerId, r.SerialNumber }).IsUnique();
        builder.HasIndex(r => r.CertificateId);
    }
}
