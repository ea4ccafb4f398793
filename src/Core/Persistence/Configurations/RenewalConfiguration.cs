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
    /// <summary>A certificate has at most one renewal that has not ended, save that each order of an ACME account is issued, also
    /// when another for the same names is on its way: their keys differ. <c>completed_at</c> says so and not the status, here and in
    /// every index: what a claim changes is in none, so that it stays a HOT update, without an index entry (ADR 0017).</summary>
    internal const string ActiveFilter = "completed_at IS NULL";

    private const string HasEnded = "status IN ('completed', 'failed', 'cancelled')";

    public void Configure(EntityTypeBuilder<Renewal> builder)
    {
        builder.ToTable("renewals", table => table.HasCheckConstraint("ck_renewals_completed_at", $"(completed_at IS NOT NULL) = ({HasEnded})"));
        // Room on the page for the claim of every renewal on it.
        builder.HasStorageParameter("fillfactor", 40);
        builder.Property(r => r.IsAwaiting).HasComputedColumnSql("status IN ('awaiting_csr', 'awaiting_approval')", stored: true);
        builder.Property(r => r.SerialNumber).HasMaxLength(40);
        builder.Property(r => r.LastError).HasMaxLength(2000);
        builder.HasIndex(r => new { r.CertificateId, r.AcmeOrderId }).IsUnique().AreNullsDistinct(false).HasFilter(ActiveFilter).HasDatabaseName("ix_renewals_one_active_a_certificate");
        builder.HasIndex(r => new { r.BulkRenewalId, r.Id }).HasFilter("bulk_renewal_id IS NOT NULL");
        builder.HasIndex(r => new { r.CertificateId, r.CreatedAt });
        builder.HasIndex(r => r.NextAttemptAt).HasFilter($"{ActiveFilter} AND NOT is_awaiting");
        builder.HasIndex(r => r.CreatedAt).HasFilter("is_awaiting");
        // No foreign keys here: both ids come from rows that the same statement has read, certificates are never deleted, and
        // a check with its row lock for each of 10,000 rows is a tenth of a bulk's cost (ADR 0005).
    }
}

internal sealed class RenewalLeaseConfiguration : IEntityTypeConfiguration<RenewalLease>
{
    public void Configure(EntityTypeBuilder<RenewalLease> builder)
    {
        // As many rows as claims are in hand, each there for seconds: read whole, without an index on the time.
        builder.ToTable("renewal_leases");
        builder.HasKey(l => l.Token);
        builder.Property(l => l.Token).ValueGeneratedNever();
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
