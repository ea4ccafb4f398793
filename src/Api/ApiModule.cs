using Certctl.Core.Hosting;
using MassTransit;
using Microsoft.AspNetCore.Builder;

namespace Certctl.Api;

/// <summary>What this service adds to a host.</summary>
public static class ApiModule
{
    public static void AddApi(this WebApplicationBuilder builder)
    {
    }

    public static void AddApiConsumers(this IBusRegistrationConfigurator bus)
    {
    }

    public static void MapApi(this WebApplication app)
    {
    }
}
