using Certctl.Core.Domain.Access;
using Certctl.Core.Domain.Acme;
using Certctl.Core.Domain.Agents;
using Certctl.Core.Domain.Certificates;
using Certctl.Core.Domain.DeadLetters;
using Certctl.Core.Domain.Issuers;
using Certctl.Core.Domain.Organization;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Domain.Renewals;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.Core.Persistence;

/// <summary>The one database of every service.</summary>
public sealed class CertctlDbContext(DbContextOptions<CertctlDbContext> options) : DbContext(options), IDataProtectionKeyContext
{
    public DbSet<Team> Teams => Set<Team>();
    public DbSet<Owner> Owners => Set<Owner>();
    public DbSet<Issuer> Issuers => Set<Issuer>();
    public DbSet<StoredCertificateAuthority> CertificateAuthorities => Set<StoredCertificateAuthority>();
    public DbSet<CachedCrl> CachedCrls => Set<CachedCrl>();
    public DbSet<CertificateProfile> Profiles => Set<CertificateProfile>();
    public DbSet<RenewalPolicy> RenewalPolicies => Set<RenewalPolicy>();
    public DbSet<ManagedCertificate> Certificates => Set<ManagedCertificate>();
    public DbSet<CertificateVersion> CertificateVersions => Set<CertificateVersion>();
    public DbSet<StoredPrivateKey> PrivateKeys => Set<StoredPrivateKey>();
    public DbSet<CertificateRevocation> Revocations => Set<CertificateRevocation>();
    public DbSet<Renewal> Renewals => Set<Renewal>();
    public DbSet<RenewalLease> RenewalLeases => Set<RenewalLease>();
    public DbSet<BulkRenewal> BulkRenewals => Set<BulkRenewal>();
    public DbSet<BulkRevocation> BulkRevocations => Set<BulkRevocation>();
    public DbSet<Agent> Agents => Set<Agent>();
    public DbSet<AgentLiveness> AgentLiveness => Set<AgentLiveness>();
    public DbSet<HeartbeatIntake> HeartbeatIntake => Set<HeartbeatIntake>();
    public DbSet<AcmeAccount> AcmeAccounts => Set<AcmeAccount>();
    public DbSet<AcmeOrder> AcmeOrders => Set<AcmeOrder>();
    public DbSet<AcmeAuthorization> AcmeAuthorizations => Set<AcmeAuthorization>();
    public DbSet<AcmeChallenge> AcmeChallenges => Set<AcmeChallenge>();
    public DbSet<AcmeEabKey> AcmeEabKeys => Set<AcmeEabKey>();
    public DbSet<AcmeUsedNonce> AcmeUsedNonces => Set<AcmeUsedNonce>();
    public DbSet<AcmeRateLimit> AcmeRateLimits => Set<AcmeRateLimit>();
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();
    public DbSet<AuditEvent> AuditEvents => Set<AuditEvent>();
    public DbSet<AuditSeal> AuditSeals => Set<AuditSeal>();
    public DbSet<AuditSealKey> AuditSealKeys => Set<AuditSealKey>();
    public DbSet<DeadLetter> DeadLetters => Set<DeadLetter>();
    public DbSet<IdempotentRequest> IdempotentRequests => Set<IdempotentRequest>();
    public DbSet<TlsCertificate> TlsCertificates => Set<TlsCertificate>();
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(CertctlDbContext).Assembly);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // Ids and names sort by code point, whatever the database's locale: cursors agree with it, and comparing is cheap.
        configurationBuilder.Conventions.Add(_ => new ByteOrderConvention());
        configurationBuilder.Conventions.Replace<ForeignKeyIndexConvention>(services =>
            new ForeignKeyIndexes(services.GetRequiredService<ProviderConventionSetBuilderDependencies>()));
        // The states of a certificate keep the spelling of the Go certctl; every other enum is snake_case, as in the API.
        configurationBuilder.Properties<CertificateStatus>().HaveConversion<string>().HaveMaxLength(32);
        configurationBuilder.Properties<KeyMode>().HaveConversion<SnakeCaseConverter<KeyMode>>().HaveMaxLength(16);
        configurationBuilder.Properties<RenewalStatus>().HaveConversion<SnakeCaseConverter<RenewalStatus>>().HaveMaxLength(32);
        configurationBuilder.Properties<RenewalTrigger>().HaveConversion<SnakeCaseConverter<RenewalTrigger>>().HaveMaxLength(16);
        configurationBuilder.Properties<BulkStatus>().HaveConversion<SnakeCaseConverter<BulkStatus>>().HaveMaxLength(16);
        configurationBuilder.Properties<AcmeAccountStatus>().HaveConversion<SnakeCaseConverter<AcmeAccountStatus>>().HaveMaxLength(16);
        configurationBuilder.Properties<AcmeOrderStatus>().HaveConversion<SnakeCaseConverter<AcmeOrderStatus>>().HaveMaxLength(16);
        configurationBuilder.Properties<AcmeAuthorizationStatus>().HaveConversion<SnakeCaseConverter<AcmeAuthorizationStatus>>().HaveMaxLength(16);
        configurationBuilder.Properties<AcmeChallengeStatus>().HaveConversion<SnakeCaseConverter<AcmeChallengeStatus>>().HaveMaxLength(16);
        configurationBuilder.Properties<DeadLetterKind>().HaveConversion<SnakeCaseConverter<DeadLetterKind>>().HaveMaxLength(16);
        configurationBuilder.Properties<Role>().HaveConversion<SnakeCaseConverter<Role>>().HaveMaxLength(16);
        configurationBuilder.Properties<CertificateAuthorityRole>().HaveConversion<SnakeCaseConverter<CertificateAuthorityRole>>().HaveMaxLength(16);
    }
}
