using Certctl.Api.Access;
using Certctl.Api.Json;
using Certctl.Api.Problems;
using Certctl.Api.Writes;
using MassTransit;

namespace Certctl.Api;

/// <summary>What this service adds to a host.</summary>
public static class ApiModule
{
    public static void AddApi(this WebApplicationBuilder builder)
    {
        builder.Services.ConfigureHttpJsonOptions(o => WireFormat.Configure(o.SerializerOptions));
        builder.AddProblems();
        builder.AddAccess();
        builder.AddWrites();
    }

    public static void AddApiConsumers(this IBusRegistrationConfigurator bus)
    {
    }

    public static void MapApi(this WebApplication app)
    {
        app.UseProblems();
        app.UseAccess();

        var api = app.MapGroup("/api/v1")
            .AddEndpointFilter<RequestGuard>()
            .AddEndpointFilter<WriteTransaction>();
        api.MapGet("/version", () => TypedResults.Ok(new { version = "0" })).RequireAuthorization(Policies.Anyone);
    }
}
