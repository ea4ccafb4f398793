using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Certctl.Core.Auditing;

internal static class AuditHosting
{
    /// <summary>Registers the sealing of audit events and its verification. Part of every host's defaults.</summary>
    public static void AddAuditing(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AuditSealing>();
        builder.Services.AddSingleton<AuditVerification>();
    }
}
