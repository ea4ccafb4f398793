using Certctl.Api.Access;
using Certctl.Core.Hosting;
using Certctl.Core.Hosting.Settings;
using MassTransit;

namespace Certctl.Api.Agents;

internal static class AgentsModule
{
    public static void AddAgents(this WebApplicationBuilder builder)
    {
        builder.AddSettings<HeartbeatSettings>();
        builder.Services.AddSingleton<AgentRows>();
        builder.Services.AddSingleton<AgentDirectory>();
        builder.Services.AddSingleton<ITokenDirectory>(services => services.GetRequiredService<AgentDirectory>());
        builder.Services.AddHostedService<AgentDirectoryRefresh>();
        builder.Services.AddSingleton<SendHeartbeats>(services =>
        {
            var sender = services.GetRequiredService<CommandSender>();
            return (message, cancellationToken) => sender.SendAsync(Queues.StoreHeartbeats, message, cancellationToken);
        });
        builder.Services.AddSingleton<HeartbeatCoalescer>();
        builder.Services.AddHostedService(services => services.GetRequiredService<HeartbeatCoalescer>());
    }

    public static void AddAgentConsumers(this IBusRegistrationConfigurator bus) =>
        bus.AddConsumer<AgentChangedConsumer>().Endpoint(e =>
        {
            e.Name = "agent-changed";
            e.InstanceId = "-" + NewId.NextGuid().ToString("N");
            e.Temporary = true;
        });
}
