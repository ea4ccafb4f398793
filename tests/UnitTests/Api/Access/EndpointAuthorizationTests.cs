using Certctl.AllInOne;
using Certctl.Core.Hosting;
using Hangfire;
using Hangfire.Storage;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
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
        var builder = ServiceHost.CreateBuilder([]);
        AllInOneHost.Add(builder);
        // The dashboard asks for a storage while it is mapped; the real one would want its database.
        builder.Services.AddSingleton<IGlobalConfiguration>(GlobalConfiguration.Configuration);
        builder.Services.AddSingleton<JobStorage, NoStorage>();
        var app = builder.Build();
        app.MapHostDefaults();
        AllInOneHost.Map(app);
        return app;
    }

    private sealed class NoStorage : JobStorage
    {
        public override IMonitoringApi GetMonitoringApi() => throw new NotSupportedException();

        public override IStorageConnection GetConnection() => throw new NotSupportedException();
    }
}
