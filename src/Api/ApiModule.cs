using Certctl.Api.Access;
using Certctl.Api.Agents;
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
        builder.AddAgents();
    }

    public static void AddApiConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddAgentConsumers();
    }

    public static void MapApi(this WebApplication app)
    {
        app.UseProblems();
        app.UseAccess();

        var api = app.MapGroup("/api/v1")
            .AddEndpointFilter<RequestGuard>()
            .AddEndpointFilter<WriteTransaction>();
        app.MapHeartbeat();
        api.MapAgents();
        api.MapGet("/version", () => TypedResults.Ok(new { version = "0" })).RequireAuthorization(Policies.Anyone);
    }
}
