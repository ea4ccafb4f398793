using Certctl.Contracts;
using Certctl.Core.Hosting;

namespace Certctl.AcmeService;

/// <summary>The process of the ACME server: it serves health, metrics and the jobs of queue <c>acme</c>. The protocol itself
/// is not built yet (docs/reference/acme-server.md).</summary>
public static class AcmeServiceModule
{
    public static void AddAcmeService(this WebApplicationBuilder builder)
    {
        builder.AddJobStorage();
        builder.AddJobServer(JobQueues.Acme);
    }
}
