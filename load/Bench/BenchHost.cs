using Certctl.AllInOne;
using Certctl.Api.Agents;
using Certctl.Core.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.Bench;

/// <summary>The whole product in one process, with the baseline's endpoint beside the real one: same Kestrel, TLS, middleware,
/// token check and body.</summary>
internal static class BenchHost
{
    public const string BaselinePath = "/api/v1/bench/agents/{id}/heartbeat";

    public static Task<int> RunAsync() => ServiceHost.RunAsync([], Add, Map);

    private static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Baseline>();
        builder.Services.AddHostedService<BenchSeed>();
        AllInOneHost.Add(builder);
    }

    private static void Map(WebApplication app)
    {
        AllInOneHost.Map(app);
        app.MapHeartbeat(BaselinePath, "HeartbeatBaseline", app.Services.GetRequiredService<Baseline>().AcceptAsync);
    }
}
