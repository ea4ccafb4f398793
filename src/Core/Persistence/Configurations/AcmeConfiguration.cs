using Certctl.Core.Domain.Acme;
using Certctl.Core.Domain.Profiles;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Certctl.Core.Persistence.Configurations;

internal sealed class AcmeAccountConfiguration : IEntityTypeConfiguration<AcmeAccount>
{
    public void Configure(EntityTypeBuilder<AcmeAccount> builder)
    {
        builder.ToTable("acme_accounts");
        builder.HasKey(a => a.AccountId);
        builder.Property(a => a.Limits).HasJson();
        builder.Property(a => a.ExternalAccountBinding).HasColumnType("jsonb");
        builder.HasIndex(a => a.JwkThumbprint);
        builder.Property(a => a.RowVersion).IsRowVersion();
        builder.HasIndex(a => new { a.ProfileId, a.JwkThumbprint }).IsUnique();
        builder.HasIndex(a => a.EabKeyId).HasFilter("eab_key_id IS NOT NULL");
        builder.HasOne<CertificateProfile>().WithMany().HasForeignKey(a => a.ProfileId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<AcmeEabKey>().WithMany().HasForeignKey(a => a.EabKeyId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class AcmeOrderConfiguration : IEntityTypeConfiguration<AcmeOrder>
{
    public void Configure(EntityTypeBuilder<AcmeOrder> builder)
    {
        builder.ToTable("acme_orders");
        builder.HasKey(o => o.OrderId);
        // Indexes go by these and not by the status, so that an order on its way changes none (ADR 0017), with room for it on the page.
        builder.HasStorageParameter("fillfactor", 50);
        builder.Property(o => o.IsOpen).HasComputedColumnSql("status IN ('pending', 'ready', 'processing')", stored: true);
        builder.Property(o => o.IsInvalid).HasComputedColumnSql("status = 'invalid'", stored: true);
        builder.Property(o => o.Identifiers).HasColumnType("jsonb");
        builder.Property(o => o.Error).HasColumnType("jsonb");
        builder.Property(o => o.SerialNumber).HasMaxLength(40);
        builder.HasIndex(o => new { o.AccountId, o.OrderId });
        builder.HasIndex(o => o.AccountId).HasFilter("is_open").HasDatabaseName("ix_acme_orders_open");
        builder.HasIndex(o => o.ExpiresAt).HasFilter("is_open");
        // RFC 9773 5: one order that is not invalid takes a certificate's place.
        builder.HasIndex(o => o.Replaces).IsUnique().HasFilter("replaces IS NOT NULL AND NOT is_invalid");
        // No foreign keys on the hot path, as in renewals (ADR 0005): accounts and profiles are never deleted while orders refer to them.
    }
}

internal sealed class AcmeAuthorizationConfiguration : IEntityTypeConfiguration<AcmeAuthorization>
{
    public void Configure(EntityTypeBuilder<AcmeAuthorization> builder)
    {
        builder.ToTable("acme_authorizations");
        builder.HasKey(a => a.AuthzId);
        builder.HasStorageParameter("fillfactor", 80);
        builder.HasIndex(a => new { a.AccountId, a.IdentifierValue }).HasFilter("status IN ('pending', 'valid')");
        builder.HasIndex(a => a.ExpiresAt).HasFilter("status = 'pending'");
    }
}

internal sealed class AcmeChallengeConfiguration : IEntityTypeConfiguration<AcmeChallenge>
{
    public void Configure(EntityTypeBuilder<AcmeChallenge> builder)
    {
        builder.ToTable("acme_challenges");
        builder.HasKey(c => c.ChallengeId);
        builder.HasStorageParameter("fillfactor", 60);
        builder.Property(c => c.Error).HasColumnType("jsonb");
        builder.HasIndex(c => c.AuthzId);
        builder.HasIndex(c => c.NextAttemptAt).HasFilter("status = 'processing'");
    }
}

internal sealed class AcmeEabKeyConfiguration : IEntityTypeConfiguration<AcmeEabKey>
{
    public void Configure(EntityTypeBuilder<AcmeEabKey> builder)
    {
        builder.ToTable("acme_eab_keys");
        builder.HasKey(k => k.KeyId);
        builder.Property(k => k.Name).HasMaxLength(255);
        builder.Property(k => k.RowVersion).IsRowVersion();
        builder.HasOne<CertificateProfile>().WithMany().HasForeignKey(k => k.ProfileId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class AcmeUsedNonceConfiguration : IEntityTypeConfiguration<AcmeUsedNonce>
{
    public void Configure(EntityTypeBuilder<AcmeUsedNonce> builder)
    {
        builder.ToTable("acme_used_nonces");
        builder.HasKey(n => n.Nonce);
        builder.Property(n => n.Nonce).ValueGeneratedNever();
    }
}

internal sealed class AcmeRateLimitConfiguration : IEntityTypeConfiguration<AcmeRateLimit>
{
    public void Configure(EntityTypeBuilder<AcmeRateLimit> builder)
    {
        builder.ToTable("acme_rate_limits");
        builder.HasKey(l => l.Key);
        builder.HasStorageParameter("fillfactor", 50);
        // No index on full_at: it changes with every request, and each change would cost an index entry.
    }
}
