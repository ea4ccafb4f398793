using Certctl.Core.Hosting.Settings;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Certctl.HeartbeatIngest;

/// <summary>What this service adds to a host.</summary>
public static class HeartbeatIngestModule
{
    public static void AddHeartbeatIngest(this WebApplicationBuilder builder)
    {
        builder.AddSettings<IngestSettings>();
        builder.Services.AddSingleton<LivenessWriter>();
        builder.Services.AddHostedService<OfflineDetection>();
        builder.Services.AddHostedService<AgentCounts>();
    }

    public static void AddHeartbeatIngestConsumers(this IBusRegistrationConfigurator bus) =>
        bus.AddConsumer<StoreHeartbeatsConsumer, StoreHeartbeatsConsumerDefinition>();
}
