using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.IntegrationTests.Access;

/// <summary>The routes of the API as the server itself lists them.</summary>
internal static class ApiRoutes
{
    /// <summary>Each method and path below /api/v1/, with "none" for every parameter.</summary>
    public static IReadOnlyList<(HttpMethod Method, string Path)> Of(CertctlServer server)
    {
        var routes = Patterns(server).Select(r => (r.Method, string.Join('/', r.Pattern.Split('/').Skip(2).Select(part => part.StartsWith('{') ? "none" : part)))).ToList();
        Assert.True(routes.Count > 40, $"only {routes.Count} routes");
        return routes;
    }

    /// <summary>Each method and pattern: api/v1/certificates/{id}.</summary>
    public static IEnumerable<(HttpMethod Method, string Pattern)> Patterns(CertctlServer server) =>
        from route in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let pattern = route.RoutePattern.RawText!.Trim('/')
        where pattern.StartsWith("api/v1/", StringComparison.Ordinal)
        from method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
        select (new HttpMethod(method), pattern);
}
