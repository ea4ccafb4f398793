using Certctl.Contracts;
using MassTransit;

namespace Certctl.Api.Agents;

/// <summary>Every API replica hears of every change, on a queue of its own that goes when it does: registered with
/// <see cref="IEndpointRegistrationConfigurator.Temporary"/>. What is missed is found by the directory's refresh.</summary>
internal sealed class AgentChangedConsumer(AgentDirectory directory) : IConsumer<AgentChanged>
{
    public Task Consume(ConsumeContext<AgentChanged> context) =>
        directory.ReadAgainAsync(context.Message.AgentId, context.CancellationToken);
}
