using Certctl.Core.Hosting;
using MassTransit;
using Microsoft.AspNetCore.Builder;

namespace Certctl.HeartbeatIngest;

/// <summary>What this service adds to a host.</summary>
public static class HeartbeatIngestModule
{
    public static void AddHeartbeatIngest(this WebApplicationBuilder builder)
    {
    }

    public static void AddHeartbeatIngestConsumers(this IBusRegistrationConfigurator bus)
    {
    }

    public static void MapHeartbeatIngest(this WebApplication app)
    {
    }
}
