using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.Core.Hosting;

/// <summary>What browsers are told of every answer: not to guess its type, frame it, cache it, or let it load from elsewhere.</summary>
internal static class SecurityHeaders
{
    /// <summary>For what is no page: nothing may run, whatever a browser takes it for.</summary>
    private const string NoPage = "default-src 'none'; frame-ancestors 'none'";

    // Both draw with styles of their own making; scripts come from this process alone, save the documentation's one inline start.
    private const string Dashboard =
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private const string Documentation =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; style-src 'self' 'unsafe-inline'; "
        + "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>HSTS for a year. Browsers keep it for a host and all its ports, so that localhost gets none.</summary>
    public static void AddSecurityHeaders(this WebApplicationBuilder builder) =>
        builder.Services.AddHsts(options => options.MaxAge = TimeSpan.FromDays(365));

    public static void UseSecurityHeaders(this WebApplication app)
    {
        app.UseHsts();
        app.Use((context, next) =>
        {
            var (headers, path) = (context.Response.Headers, context.Request.Path);
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers.ContentSecurityPolicy = path.StartsWithSegments("/hangfire") ? Dashboard : path.StartsWithSegments("/scalar") ? Documentation : NoPage;
            if (path.StartsWithSegments("/api") || path.StartsWithSegments("/hangfire")) headers.CacheControl = "no-store";
            return next(context);
        });
    }
}
