using Certctl.Core.Domain.Renewals;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Certctl.Core.Persistence.Configurations;

internal sealed class RenewalPolicyConfiguration : IEntityTypeConfiguration<RenewalPolicy>
{
    public void Configure(EntityTypeBuilder<RenewalPolicy> builder)
    {
        builder.ToTable("renewal_policies");
        builder.Property(p => p.RowVersion).IsRowVersion();
        builder.Property(p => p.Name).HasMaxLength(255);
        builder.HasIndex(p => p.Name).IsUnique();
    }
}

internal sealed class RenewalConfiguration : IEntityTypeConfiguration<Renewal>
{
    /// <summary>The states in which a certificate has a renewal on its way: at most one, save that each order of an ACME account
    /// is issued, also when another for the same names is on its way: their keys differ.</summary>
    internal const string ActiveFilter = "status IN ('pending', 'awaiting_csr', 'awaiting_approval', 'running')";

    public void Configure(EntityTypeBuilder<Renewal> builder)
    {
        builder.ToTable("renewals");
        builder.Property(r => r.SerialNumber).HasMaxLength(40);
        builder.Property(r => r.LastError).HasMaxLength(2000);
        builder.HasIndex(r => new { r.CertificateId, r.AcmeOrderId }).IsUnique().AreNullsDistinct(false).HasFilter(ActiveFilter).HasDatabaseName("ix_renewals_one_active_a_certificate");
        builder.HasIndex(r => new { r.BulkRenewalId, r.Id });
        builder.HasIndex(r => new { r.CertificateId, r.CreatedAt });
        builder.HasIndex(r => new { r.CreatedAt, r.Id });
        builder.HasIndex(r => r.NextAttemptAt).HasFilter("status = 'pending'");
        builder.HasIndex(r => r.LeaseExpiresAt).HasFilter("status = 'running'");
        builder.HasIndex(r => r.CreatedAt).HasFilter("status IN ('awaiting_csr', 'awaiting_approval')");
        // No foreign keys here: both ids come from rows that the same statement has read, certificates are never deleted, and
        // a check with its row lock for each of 10,000 rows is a tenth of a bulk's cost (ADR 0005).
    }
}

internal sealed class BulkRenewalConfiguration : IEntityTypeConfiguration<BulkRenewal>
{
    public void Configure(EntityTypeBuilder<BulkRenewal> builder)
    {
        builder.ToTable("bulk_renewals");
        builder.HasStorageParameter("fillfactor", 20);
        builder.Property(b => b.AcceptedOrder).UseIdentityAlwaysColumn();
        builder.Property(b => b.Criteria).HasJson();
        builder.Property(b => b.Skipped).HasJson();
        builder.HasIndex(b => b.AcceptedOrder).HasFilter("expanded_at IS NULL");
    }
}

internal sealed class BulkRevocationConfiguration : IEntityTypeConfiguration<BulkRevocation>
{
    public void Configure(EntityTypeBuilder<BulkRevocation> builder)
    {
        builder.ToTable("bulk_revocations");
        builder.Property(b => b.AcceptedOrder).UseIdentityAlwaysColumn();
        builder.Property(b => b.Criteria).HasJson();
        builder.Property(b => b.Skipped).HasJson();
        builder.HasIndex(b => b.AcceptedOrder).HasFilter("expanded_at IS NULL");
    }
}
