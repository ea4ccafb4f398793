using Certctl.Core.Hosting.Settings;
using Certctl.Core.Issuance.Rotation;
using Certctl.Core.Renewals;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Certctl.Core.Issuance;

public static class IssuanceHosting
{
    /// <summary>Registers secrets at rest, issuers and the work on renewals. Part of every host's defaults.</summary>
    internal static void AddIssuance(this IHostApplicationBuilder builder)
    {
        var encryption = builder.AddSettings<EncryptionSettings>();
        builder.AddSettings<CaSettings>();
        builder.AddSettings<RenewalSettings>();
        builder.Services.TryAddSingleton(_ => KeyEncryption.CreateBox(encryption));
        builder.Services.AddSingleton<KeyRotation>();
        builder.Services.AddSingleton<IssuerStore>();
        builder.Services.AddSingleton<PkiUrls>();
        builder.Services.AddSingleton<BulkDryRun>();
        builder.Services.AddScoped<IssuerCas>();
        builder.Services.AddScoped<CaBootstrap>();
        builder.Services.AddScoped<StoredKeys>();
        builder.Services.AddScoped<ServerTls>();
        builder.Services.AddHostedService<TlsRefresh>();
        builder.Services.AddSingleton(services => new IssuanceContexts(
            services.GetRequiredService<IServiceScopeFactory>(), services.GetRequiredService<IssuerStore>(), services.GetRequiredService<PkiUrls>()));
        builder.Services.AddSingleton<RenewalClaims>();
        builder.Services.AddSingleton<CertificateIssuer>();
        builder.Services.AddSingleton<IssuanceWriter>();
        builder.Services.AddSingleton(services => new DirectIssuance(
            services.GetRequiredService<IssuanceContexts>(), services.GetRequiredService<CertificateIssuer>()));
        builder.Services.AddSingleton(services => new RenewalWork(
            services.GetRequiredService<RenewalClaims>(), services.GetRequiredService<IssuanceContexts>(),
            services.GetRequiredService<CertificateIssuer>(), services.GetRequiredService<IssuanceWriter>(),
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<RenewalWork>>()));
    }
}
