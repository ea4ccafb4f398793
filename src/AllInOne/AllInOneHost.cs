using Certctl.AcmeService;
using Certctl.Api;
using Certctl.Core.Hosting;
using Certctl.HeartbeatIngest;
using Certctl.RenewalWorker;

namespace Certctl.AllInOne;

/// <summary>The four services in one process, as <c>make run</c> and the end-to-end tests have them.</summary>
public static class AllInOneHost
{
    public static void Add(WebApplicationBuilder builder)
    {
        builder.ListenHttps(s => s.Port);
        builder.ListenHttp(s => s.PkiPort);
        builder.AddApi();
        builder.AddRenewalWorker();
        builder.AddHeartbeatIngest();
        builder.AddAcmeService();
        builder.AddMessageBus(
            bus => bus.AddApiConsumers(),
            bus => bus.AddRenewalWorkerConsumers(),
            bus => bus.AddHeartbeatIngestConsumers(),
            bus => bus.AddAcmeServiceConsumers());
    }

    public static void Map(WebApplication app)
    {
        app.MapApi();
        app.MapAcmeService();
    }
}
