using Certctl.Chaos.Fleet;

namespace Certctl.Chaos.Faults;

/// <summary>Whatever the services and PostgreSQL or RabbitMQ say to each other arrives late.</summary>
internal sealed class SlowConnections(string service) : IFault
{
    public string Name => $"slow-{service}";

    public string Target => service;

    public async Task<bool> InjectAsync(Scene scene, Random random, CancellationToken cancellationToken)
    {
        var latency = random.Between(0.01, 0.15);
        SetAll(scene, latency);
        try
        {
            await Pause.ForAsync(random.Between(3, 8), cancellationToken);
        }
        finally
        {
            SetAll(scene, TimeSpan.Zero);
        }

        return true;
    }

    private void SetAll(Scene scene, TimeSpan latency)
    {
        foreach (var process in scene.Fleet.All) (service == BackingServices.Broker ? process.Broker : process.Database).Latency = latency;
    }
}
