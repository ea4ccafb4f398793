using Certctl.Api.Access;
using Certctl.Api.Dashboard;
using Certctl.Api.Json;
using Certctl.Api.Pki;
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
        builder.AddDashboard();
        builder.Services.AddScoped<CrlStore>();
        builder.Services.AddSingleton<OcspLookup>();
    }

    public static void AddApiConsumers(this IBusRegistrationConfigurator bus)
    {
    }

    public static void MapApi(this WebApplication app)
    {
        app.UsePkiPort();
        app.UseProblems();
        app.UseAccess();
        app.UseAntiforgery();
        app.MapPki();
        app.MapDashboard();

        var api = app.MapGroup("/api/v1")
            .AddEndpointFilter<RequestGuard>()
            .AddEndpointFilter<WriteTransaction>();
        api.MapGet("/version", () => TypedResults.Ok(new { version = "0" })).RequireAuthorization(Policies.Anyone);
    }
}
