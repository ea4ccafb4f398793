using Certctl.AcmeService.Accounts;
using Certctl.AcmeService.Authorizations;
using Certctl.AcmeService.Certificates;
using Certctl.AcmeService.Endpoints;
using Certctl.AcmeService.GarbageCollection;
using Certctl.AcmeService.Issuance;
using Certctl.AcmeService.Nonces;
using Certctl.AcmeService.Orders;
using Certctl.AcmeService.Profiles;
using Certctl.AcmeService.RateLimits;
using Certctl.AcmeService.RenewalInformation;
using Certctl.AcmeService.Validation;
using Certctl.AcmeService.Validation.Caa;
using Certctl.Contracts;
using Certctl.Core.Hosting;
using Certctl.Core.Hosting.Settings;
using MassTransit;

namespace Certctl.AcmeService;

/// <summary>The ACME server (RFC 8555, RFC 9773), challenge validation, and the jobs of queue <c>acme</c>.</summary>
public static class AcmeServiceModule
{
    public static void AddAcmeService(this WebApplicationBuilder builder)
    {
        builder.AddJobStorage();
        builder.AddJobServer(JobQueues.Acme, workers: 4);
        builder.AddSettings<AcmeSettings>();
        builder.AddSettings<RateLimitSettings>();
        builder.AddChallengeValidation();
        builder.AddGarbageCollection();
        var services = builder.Services;
        services.AddSingleton<ProfileCache>();
        services.AddSingleton<NonceMint>();
        services.AddHostedSingleton<NonceRedemption>();
        services.AddSingleton<RequestReader>();
        services.AddSingleton<AnswerWriter>();
        services.AddSingleton<AcmePipeline>();
        services.AddSingleton<RateLimiter>();
        services.AddSingleton<AddressLimits>();
        services.AddSingleton<OrderAdmission>();
        services.AddSingleton<FailedValidations>();
        services.AddSingleton<RateLimitsResource>();
        services.AddSingleton<DirectoryResource>();
        services.AddSingleton<AccountDirectory>();
        services.AddSingleton<AccountView>();
        services.AddSingleton<ExternalAccounts>();
        services.AddSingleton<NewAccountResource>();
        services.AddSingleton<AccountResource>();
        services.AddSingleton<KeyChangeResource>();
        services.AddSingleton<OrderStore>();
        services.AddSingleton(_ => new Recent<OrderRow>(size: 10_000));
        services.AddHostedSingleton<OrderCreation>();
        services.AddSingleton<NewOrderResource>();
        services.AddSingleton<OrderResource>();
        services.AddSingleton(_ => new Recent<AuthorizationRow>(size: 5_000));
        services.AddSingleton<AuthorizationStore>();
        services.AddSingleton<AuthorizationResource>();
        services.AddSingleton<ValidationWaits>();
        services.AddSingleton<ChallengeStart>();
        services.AddSingleton<ChallengeClaims>();
        services.AddSingleton<ValidationSlots>();
        services.AddHostedSingleton<FirstAttempts>();
        services.AddSingleton<ChallengeDispatch>();
        services.AddSingleton<ChallengeValidation>();
        services.AddSingleton<ValidationOutcome>();
        services.AddHostedService<ChallengeSweep>();
        services.AddSingleton<ChallengeResource>();
        services.AddSingleton<OrderAcceptance>();
        services.AddSingleton<OrderCompletion>();
        services.AddHostedSingleton<OrderIssuance>();
        services.AddSingleton<CaaRecheck>();
        services.AddSingleton<FinalizeResource>();
        services.AddSingleton(_ => new Recent<IssuedChain>(size: 2_000));
        services.AddSingleton<CertificateResource>();
        services.AddSingleton<CertificateRevocations>();
        services.AddSingleton<RevocationResource>();
        services.AddHostedSingleton<IssuedVersions>();
        services.AddSingleton<Replacements>();
        services.AddSingleton<RenewalInfoResource>();
    }

    public static void AddAcmeServiceConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<ValidateHttp01Consumer, ValidateHttp01ConsumerDefinition>();
        bus.AddConsumer<ValidateDns01Consumer, ValidateDns01ConsumerDefinition>();
        bus.AddConsumer<ValidateTlsAlpn01Consumer, ValidateTlsAlpn01ConsumerDefinition>();
    }

    /// <summary>Maps the directories, unless the ACME server is switched off.</summary>
    public static void MapAcmeService(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<AcmeServerSettings>().Enabled) return;
        var routes = new AcmeRoutes(app, app.Services.GetRequiredService<AcmePipeline>());
        DirectoryResource.Map(routes);
        NewAccountResource.Map(routes);
        AccountResource.Map(routes);
        KeyChangeResource.Map(routes);
        NewOrderResource.Map(routes);
        OrderResource.Map(routes);
        FinalizeResource.Map(routes);
        AuthorizationResource.Map(routes);
        ChallengeResource.Map(routes);
        CertificateResource.Map(routes);
        RevocationResource.Map(routes);
        RenewalInfoResource.Map(routes);
        RateLimitsResource.Map(routes);
        routes.RefuseTheRest();
        app.Lifetime.ApplicationStarted.Register(AcmeCounters.Appear);
    }

    private static void AddHostedSingleton<T>(this IServiceCollection services) where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
