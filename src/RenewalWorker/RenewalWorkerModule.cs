using Certctl.Core.Hosting;
using MassTransit;
using Microsoft.AspNetCore.Builder;

namespace Certctl.RenewalWorker;

/// <summary>What this service adds to a host.</summary>
public static class RenewalWorkerModule
{
    public static void AddRenewalWorker(this WebApplicationBuilder builder)
    {
    }

    public static void AddRenewalWorkerConsumers(this IBusRegistrationConfigurator bus)
    {
    }

    public static void MapRenewalWorker(this WebApplication app)
    {
    }
}
