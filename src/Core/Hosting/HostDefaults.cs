using Certctl.Core.Hosting.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Certctl.Core.Hosting;

/// <summary>What every process has: settings, logs, telemetry, health, TLS.</summary>
public static class HostDefaults
{
    /// <summary>Call first in every Program.cs.</summary>
    /// <exception cref="SettingsException">Some variable holds what it may not.</exception>
    public static void AddHostDefaults(this WebApplicationBuilder builder)
    {
        builder.AddSettings<ServerSettings>();
        builder.AddSettings<AcmeServerSettings>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.AddLogging();
        builder.AddTelemetry();
        builder.AddTls();
        builder.AddForwardedHeaders();
        builder.AddSecurityHeaders();
        builder.Services.AddHealthChecks();
        // Above the bus's own stop timeout, so that a consumer finishes what it holds; a process is gone within 15 s.
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(14));
    }

    /// <summary>Maps /health/live, /health/ready and /metrics, ahead of everything else.</summary>
    public static void MapHostDefaults(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseSecurityHeaders();
        app.UseRequestLogging();
        app.MapHealth();
        app.MapMetrics();
    }
}
