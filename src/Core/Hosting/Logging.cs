using Certctl.Core.Auditing;
using Certctl.Core.Hosting.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace Certctl.Core.Hosting;

/// <summary>Structured logs on standard output, one JSON object a line, each with the trace id of its request.</summary>
internal static class Logging
{
    public static void AddLogging(this WebApplicationBuilder builder)
    {
        var settings = builder.AddSettings<TelemetrySettings>();
        var level = settings.LogLevel switch
        {
            "debug" => LogEventLevel.Debug,
            "warn" => LogEventLevel.Warning,
            "error" => LogEventLevel.Error,
            _ => LogEventLevel.Information,
        };
        // An override of somebody else's may only quieten: at level error, warnings of the framework are not wanted either.
        var quiet = level > LogEventLevel.Warning ? level : LogEventLevel.Warning;
        builder.Host.UseSerilog((_, configuration) =>
        {
            configuration.MinimumLevel.Is(level)
                .MinimumLevel.Override("Microsoft", quiet)
                .MinimumLevel.Override("Microsoft.Hosting.Lifetime", level)
                .MinimumLevel.Override("Microsoft.EntityFrameworkCore", quiet)
                // A failed command throws, and whoever catches it logs it; the first look for the migrations table always fails.
                .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Database.Command", LogEventLevel.Fatal)
                .MinimumLevel.Override("System", quiet)
                .MinimumLevel.Override("Hangfire", quiet)
                // Each seal that is logged is kept where the database's owner does not reach: that is no matter of taste.
                .MinimumLevel.Override(typeof(AuditSealing).FullName!, level < LogEventLevel.Information ? level : LogEventLevel.Information)
                .Enrich.WithProperty("service", builder.Environment.ApplicationName)
                .Enrich.FromLogContext();
            if (settings.LogFormat == "json") configuration.WriteTo.Console(new RenderedCompactJsonFormatter());
            else configuration.WriteTo.Console(formatProvider: System.Globalization.CultureInfo.InvariantCulture);
        });
    }

    /// <summary>One line a request, save for those that come by the thousand: heartbeats, probes and scrapes.</summary>
    public static void UseRequestLogging(this WebApplication app) =>
        app.UseWhen(context => !IsFrequent(context.Request.Path), branch => branch.UseSerilogRequestLogging(o =>
            o.GetLevel = (context, _, error) =>
                error is not null || context.Response.StatusCode >= 500 ? LogEventLevel.Error
                // A third of the cost of an ACME request, and what it changes is in the audit trail.
                : context.Request.Path.StartsWithSegments("/acme") ? LogEventLevel.Debug
                : LogEventLevel.Information));

    /// <summary>Requests that are counted in metrics and not logged or traced one by one.</summary>
    public static bool IsFrequent(PathString path) =>
        path.Value is { } text && (text.EndsWith("/heartbeat", StringComparison.Ordinal)
            || text.StartsWith("/health/", StringComparison.Ordinal)
            || text.Equals("/metrics", StringComparison.Ordinal));
}
