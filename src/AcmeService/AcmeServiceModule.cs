using Certctl.Core.Hosting;
using MassTransit;
using Microsoft.AspNetCore.Builder;

namespace Certctl.AcmeService;

/// <summary>What this service adds to a host.</summary>
public static class AcmeServiceModule
{
    public static void AddAcmeService(this WebApplicationBuilder builder)
    {
    }

    public static void AddAcmeServiceConsumers(this IBusRegistrationConfigurator bus)
    {
    }

    public static void MapAcmeService(this WebApplication app)
    {
    }
}
