using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.IntegrationTests.Access;

/// <summary>A route of the running host, whatever maps it: the API, the ACME server, the dashboard, health, metrics, documentation.</summary>
/// <param name="Method">Null where every method is taken.</param>
/// <param name="IsPublic">Whether it asks nobody who they are.</param>
internal sealed record MappedRoute(string? Method, string Pattern, bool IsPublic)
{
    public bool IsDashboard => Pattern.StartsWith("/hangfire", StringComparison.Ordinal);

    public static IReadOnlyList<MappedRoute> Of(CertctlServer server) =>
    [
        .. from route in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           from method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [""]
           select new MappedRoute(
               method.Length == 0 ? null : method, "/" + route.RoutePattern.RawText!.Trim('/'), route.Metadata.GetMetadata<IAllowAnonymous>() is not null),
    ];

    /// <summary>The path with a value for each parameter.</summary>
    public string Path(Func<string, string> valueOf) => string.Join('/', Pattern.Split('/').Select(part =>
        part.IndexOf('{', StringComparison.Ordinal) is >= 0 and var from && part.IndexOf('}', StringComparison.Ordinal) is var to
            ? part[..from] + valueOf(part[(from + 1)..to].Trim('*').Split([':', '=', '?'])[0]) + part[(to + 1)..]
            : part));
}
