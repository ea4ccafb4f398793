using Certctl.Chaos.Fleet;
using Certctl.Chaos.Proxy;

namespace Certctl.Chaos.Faults;

/// <summary>Connections of the services to PostgreSQL or RabbitMQ are reset, some of them or all, and refused for a while.</summary>
internal sealed class CutConnections(string service) : IFault
{
    public string Name => $"cut-{service}";

    public string Target => service;

    public async Task<bool> InjectAsync(Scene scene, Random random, CancellationToken cancellationToken)
    {
        var one = random.Next(2 * scene.Fleet.All.Count);
        var cut = one < scene.Fleet.All.Count ? [scene.Fleet.All[one]] : scene.Fleet.All;
        foreach (var process in cut) ProxyOf(process).Cut();
        try
        {
            await Pause.ForAsync(random.Between(0.05, 8), cancellationToken);
        }
        finally
        {
            foreach (var process in cut) ProxyOf(process).Heal();
        }

        return true;
    }

    private TcpProxy ProxyOf(ServiceProcess process) => service == BackingServices.Broker ? process.Broker : process.Database;
}
