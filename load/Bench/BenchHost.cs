using Certctl.Api;
using Certctl.Api.Agents;
using Certctl.Core.Hosting;
using Certctl.HeartbeatIngest;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.Bench;

/// <summary>The API and the ingest in one process, with the baseline's endpoint beside the real one: same Kestrel, TLS,
/// middleware, token check and body.</summary>
internal static class BenchHost
{
    public const string BaselinePath = "/api/v1/bench/agents/{id}/heartbeat";

    public static Task<int> RunAsync() => ServiceHost.RunAsync([], Add, Map);

    private static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Baseline>();
        builder.Services.AddHostedService<BenchSeed>();
        builder.ListenHttps(s => s.Port);
        builder.AddApi();
        builder.AddHeartbeatIngest();
        builder.AddMessageBus(bus => bus.AddApiConsumers(), bus => bus.AddHeartbeatIngestConsumers());
    }

    private static void Map(WebApplication app)
    {
        app.MapApi();
        app.MapHeartbeat(BaselinePath, "HeartbeatBaseline", app.Services.GetRequiredService<Baseline>().AcceptAsync);
    }
}
