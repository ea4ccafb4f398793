using Certctl.AllInOne;
using Certctl.Core.Hosting;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.UnitTests.Api.Access;

public sealed class EndpointAuthorizationTests
{
    [Fact]
    public async Task Every_route_says_who_may_use_it()
    {
        await using var app = Build();
        var silent = Routes(app)
            .Where(e => e.Metadata.GetMetadata<IAuthorizeData>() is null && e.Metadata.GetMetadata<IAllowAnonymous>() is null)
            .Select(e => e.DisplayName);
        Assert.Empty(silent);
    }

    [Fact]
    public async Task No_route_of_the_api_is_anonymous()
    {
        await using var app = Build();
        var api = Routes(app).Where(e => e.RoutePattern.RawText!.TrimStart('/').StartsWith("api/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(api);
        Assert.Empty(api.Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(e => e.DisplayName));
    }

    private static IEnumerable<RouteEndpoint> Routes(WebApplication app) =>
        ((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>();

    private static WebApplication Build()
    {
        var builder = ServiceHost.CreateBuilder([], "test");
        builder.Configuration.AddInMemoryCollection([new("CERTCTL_CONFIG_ENCRYPTION_KEY", new string('k', 32))]);
        return AllInOneHost.Build(builder);
    }
}
