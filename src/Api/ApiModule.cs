using Certctl.Api.Access;
using Certctl.Api.Acme;
using Certctl.Api.Agents;
using Certctl.Api.AgentWork;
using Certctl.Api.ApiKeys;
using Certctl.Api.Audit;
using Certctl.Api.BulkRenewals;
using Certctl.Api.BulkRevocations;
using Certctl.Api.Certificates;
using Certctl.Api.Dashboard;
using Certctl.Api.DeadLetters;
using Certctl.Api.Documentation;
using Certctl.Api.Issuers;
using Certctl.Api.Json;
using Certctl.Api.Organization;
using Certctl.Api.Pki;
using Certctl.Api.Problems;
using Certctl.Api.Profiles;
using Certctl.Api.RenewalPolicies;
using Certctl.Api.Renewals;
using Certctl.Api.Statistics;
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
        builder.AddDocumentation();
        builder.AddDashboard();
        builder.AddCertificates();
        builder.Services.AddScoped<AccountRevocation>();
        builder.Services.AddScoped<CrlStore>();
        builder.Services.AddSingleton<OcspLookup>();
        builder.AddAgents();
        builder.Services.AddSingleton<WarmUp>();
        builder.Services.AddHostedService(services => services.GetRequiredService<WarmUp>());
    }

    public static void AddApiConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddAgentConsumers();
    }

    public static void MapApi(this WebApplication app)
    {
        app.UsePkiPort();
        app.UseProblems();
        app.UseAccess();
        app.UseAntiforgery();
        app.UseBodySizeLimit();
        app.UseBufferedBodies();
        app.MapPki();
        app.MapDashboard();
        app.MapDocumentation();

        var api = app.MapGroup("/api/v1")
            .AddEndpointFilterFactory(QueryGuard.For)
            .AddEndpointFilter<RetiredAgents>()
            .AddEndpointFilter<WriteTransaction>();
        api.MapCertificates();
        api.MapVersions();
        api.MapPrivateKey();
        api.MapRenewals();
        api.MapBulkRenewals();
        api.MapBulkRevocations();
        api.MapAgentWork();
        api.MapIssuers();
        api.MapProfiles();
        api.MapRenewalPolicies();
        api.MapOwners();
        api.MapTeams();
        api.MapApiKeys();
        api.MapEabKeys();
        api.MapAcmeAccounts();
        api.MapAcmeOrders();
        api.MapDeadLetters();
        api.MapAuditEvents();
        api.MapAuditSeals();
        api.MapStatistics();
        app.MapHeartbeat();
        api.MapAgents();
        app.Services.GetRequiredService<WarmUp>().Routes = app;
    }
}
