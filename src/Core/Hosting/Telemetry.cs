using System.Diagnostics.Metrics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Certctl.Core.Hosting.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Certctl.Core.Hosting;

/// <summary>Traces through HTTP, RabbitMQ and PostgreSQL; metrics at /metrics, and both over OTLP when asked for.</summary>
public static class Telemetry
{
    /// <summary>Name of the meter that certctl's own instruments hang on.</summary>
    public const string MeterName = "certctl";

    /// <summary>The meter of certctl's own instruments.</summary>
    public static readonly Meter Meter = new(MeterName);

    internal static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var settings = SettingsBinder.Bind<TelemetrySettings>(builder.Configuration);
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService(builder.Environment.ApplicationName))
            .WithMetrics(m => m
                .AddMeter(MeterName, "MassTransit", "Npgsql")
                .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting")
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());
        if (!settings.OtelEnabled) return;
        telemetry.UseOtlpExporter();
        telemetry.WithTracing(t => t
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(settings.SampleRatio)))
            .AddAspNetCoreInstrumentation(o => o.Filter = context => !Logging.IsFrequent(context.Request.Path))
            .AddSource("MassTransit")
            .AddNpgsql());
    }

    internal static void MapMetrics(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<TelemetrySettings>();
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/metrics"), branch => branch.Use(async (context, next) =>
        {
            if (MayRead(context, settings)) await next(context);
            else context.Response.StatusCode = StatusCodes.Status403Forbidden;
        }));
        app.MapPrometheusScrapingEndpoint("/metrics").AllowAnonymous();
    }

    private static bool MayRead(HttpContext context, TelemetrySettings settings)
    {
        if (context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)) return true;
        var header = context.Request.Headers.Authorization.ToString();
        return settings.MetricsToken is { } token && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes($"Bearer {token}"));
    }
}
