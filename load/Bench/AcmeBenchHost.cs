using Certctl.AcmeService;
using Certctl.Core.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.Bench;

/// <summary>AcmeService with a bare endpoint beside it: the same Kestrel and the same TLS, and nothing of ours on the way.</summary>
internal static class AcmeBenchHost
{
    public const string BarePath = "/bare";

    public static Task<int> RunAsync() => ServiceHost.RunAsync([], Add, app => app.MapAcmeService());

    private static void Add(WebApplicationBuilder builder)
    {
        builder.ListenHttps(s => s.AcmePort);
        builder.AddAcmeService();
        builder.AddMessageBus(bus => bus.AddAcmeServiceConsumers());
        // Ahead of all middleware.
        builder.Services.AddSingleton<IStartupFilter, BareFirst>();
    }

    private sealed class BareFirst : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, following) =>
            {
                if (context.Request.Path != BarePath) return following(context);
                context.Response.ContentLength = 0;
                return Task.CompletedTask;
            });
            next(app);
        };
    }
}
