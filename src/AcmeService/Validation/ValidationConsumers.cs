using Certctl.Contracts;
using Certctl.Core.Domain.Profiles;
using Certctl.Core.Hosting;
using MassTransit;

namespace Certctl.AcmeService.Validation;

/// <summary>One consumer, queue and bound for each challenge type: slow names of one type hold up no other.</summary>
public sealed class ValidateHttp01Consumer(ChallengeValidation validation, ValidationSlots slots) : IConsumer<ValidateHttp01>
{
    public Task Consume(ConsumeContext<ValidateHttp01> context) => slots.RunAsync(
        AcmeChallengeTypeNames.Http01, () => validation.RunAsync(context.Message.ChallengeId, context.CancellationToken), context.CancellationToken);
}

public sealed class ValidateDns01Consumer(ChallengeValidation validation, ValidationSlots slots) : IConsumer<ValidateDns01>
{
    public Task Consume(ConsumeContext<ValidateDns01> context) => slots.RunAsync(
        AcmeChallengeTypeNames.Dns01, () => validation.RunAsync(context.Message.ChallengeId, context.CancellationToken), context.CancellationToken);
}

public sealed class ValidateTlsAlpn01Consumer(ChallengeValidation validation, ValidationSlots slots) : IConsumer<ValidateTlsAlpn01>
{
    public Task Consume(ConsumeContext<ValidateTlsAlpn01> context) => slots.RunAsync(
        AcmeChallengeTypeNames.TlsAlpn01, () => validation.RunAsync(context.Message.ChallengeId, context.CancellationToken), context.CancellationToken);
}

internal sealed class ValidateHttp01ConsumerDefinition(ValidationSettings settings) : ValidationConsumerDefinition<ValidateHttp01Consumer>(settings.Http01Concurrency);

internal sealed class ValidateDns01ConsumerDefinition(ValidationSettings settings) : ValidationConsumerDefinition<ValidateDns01Consumer>(settings.Dns01Concurrency);

internal sealed class ValidateTlsAlpn01ConsumerDefinition(ValidationSettings settings) : ValidationConsumerDefinition<ValidateTlsAlpn01Consumer>(settings.TlsAlpn01Concurrency);

internal abstract class ValidationConsumerDefinition<TConsumer> : ConsumerDefinition<TConsumer> where TConsumer : class, IConsumer
{
    private readonly int concurrency;

    protected ValidationConsumerDefinition(int concurrency) => ConcurrentMessageLimit = this.concurrency = concurrency;

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<TConsumer> consumerConfigurator, IRegistrationContext context)
    {
        // What is fetched and finds no slot waits here, and not with a replica that has one.
        endpointConfigurator.PrefetchCount = concurrency;
        endpointConfigurator.UseRetries();
    }
}
