using Certctl.Api.BulkRenewals;
using Certctl.Api.Renewals;

namespace Certctl.Api.Certificates;

internal static class CertificatesModule
{
    /// <summary>What the endpoints of certificates and their renewals share.</summary>
    public static void AddCertificates(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<NewCertificate>();
        builder.Services.AddScoped<Revocation>();
        builder.Services.AddScoped<RenewalRequests>();
        builder.Services.AddScoped<RenewalEnds>();
        builder.Services.AddScoped<RenewalDecisions>();
        builder.Services.AddScoped<ReplacementAnnouncement>();
        builder.Services.AddSingleton<BulkProgress>();
    }
}
