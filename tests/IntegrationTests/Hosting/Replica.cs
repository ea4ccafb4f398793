using Certctl.Core.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Serilog;

namespace Certctl.IntegrationTests.Hosting;

/// <summary>One more process of the fleet, as a host of its own in this process: it shares the database and the broker, and no memory.</summary>
public sealed class Replica : IAsyncDisposable
{
    private readonly WebApplication app;

    private Replica(WebApplication app) => this.app = app;

    public IServiceProvider Services => app.Services;

    /// <param name="settings">Of two values of a variable the first counts.</param>
    internal static async Task<Replica> StartAsync(
        IEnumerable<KeyValuePair<string, string?>> settings, Action<LoggerConfiguration> log, Action<WebApplicationBuilder> add, Action<WebApplication> map)
    {
        var builder = ServiceHost.CreateBuilder([], configuration => configuration.AddInMemoryCollection(settings.DistinctBy(s => s.Key)));
        add(builder);
        builder.Services.AddSerilog(log);
        var app = await ServiceHost.BuildAsync(builder, map);
        await app.StartAsync();
        return new Replica(app);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
