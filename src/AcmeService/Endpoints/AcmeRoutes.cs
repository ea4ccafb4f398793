using Certctl.AcmeService.Protocol;

namespace Certctl.AcmeService.Endpoints;

/// <summary>Maps resources below a profile's directory and below the shorthand, and answers everything else there as ACME does.</summary>
public sealed class AcmeRoutes(WebApplication app, AcmePipeline pipeline)
{
    private static readonly string[] Prefixes = ["/acme/profile/{profile}", "/acme"];

    private readonly Dictionary<string, List<string>> methods = [];

    /// <summary>A resource that takes signed requests.</summary>
    /// <param name="resource">Its name in metrics.</param>
    public void Post<T>(
        string resource, string path, KeyUse key, PayloadUse payload, Func<T, SignedRequest, CancellationToken, Task<AcmeAnswer>> handle) where T : notnull
    {
        var handler = app.Services.GetRequiredService<T>();
        var metrics = MetricsOf(resource);
        Map("POST", path, Answer);

        Task Answer(HttpContext http) => pipeline.AnswerSignedAsync(http, metrics, key, payload, (request, token) => handle(handler, request, token));
    }

    /// <summary>A resource that anybody may read.</summary>
    public void Get<T>(string resource, string path, Func<T, PublicRequest, CancellationToken, Task<AcmeAnswer>> handle) where T : notnull
    {
        var handler = app.Services.GetRequiredService<T>();
        var metrics = MetricsOf(resource);
        foreach (var method in (string[])["GET", "HEAD"]) Map(method, path, Answer);

        Task Answer(HttpContext http) => pipeline.AnswerPublicAsync(http, metrics, (request, token) => handle(handler, request, token));
    }

    private AcmeMetrics MetricsOf(string resource)
    {
        var metrics = new AcmeMetrics(resource);
        // What is counted before the process has started, nobody exports.
        app.Lifetime.ApplicationStarted.Register(metrics.Appear);
        return metrics;
    }

    /// <summary>Call last: other methods of the same paths, and other paths.</summary>
    public void RefuseTheRest()
    {
        foreach (var (path, allowed) in methods.ToList())
        {
            var allow = string.Join(", ", allowed.Append("OPTIONS").Distinct());
            Map(null, path, http => HttpMethods.IsOptions(http.Request.Method) ? Preflight(http, allow) : pipeline.RefuseAsync(http, allow,
                Problems.Malformed(allowed.Contains("POST") ? "Resources are read by POST-as-GET (RFC 8555 6.3)." : $"This resource takes {allow}.", 405)));
        }

        Map(null, "/{**rest}", http => pipeline.RefuseAsync(http, null, Problems.NotFound("resource")));
    }

    private void Map(string? method, string path, RequestDelegate handler)
    {
        foreach (var prefix in Prefixes)
        {
            var endpoint = method is null ? app.Map(prefix + path, handler) : app.MapMethods(prefix + path, [method], handler);
            endpoint.AllowAnonymous();
        }

        if (method is null) return;
        if (!methods.TryGetValue(path, out var known)) methods[path] = known = [];
        known.Add(method);
    }

    /// <summary>RFC 8555 6.1: browsers ask before they POST application/jose+json.</summary>
    private static Task Preflight(HttpContext http, string allow)
    {
        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlAllowMethods = allow;
        headers.AccessControlAllowHeaders = "Content-Type";
        headers.AccessControlMaxAge = "86400";
        headers.Allow = allow;
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
