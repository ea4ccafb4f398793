namespace Certctl.Chaos.Faults;

/// <summary>PostgreSQL or RabbitMQ is stopped as an operator stops it, and started after a pause.</summary>
internal sealed class RestartBackingService(string service) : IFault
{
    public string Name => $"restart-{service}";

    public string Target => service;

    public async Task<bool> InjectAsync(Scene scene, Random random, CancellationToken cancellationToken)
    {
        await scene.Backing.StopAsync(service);
        try
        {
            await Pause.ForAsync(random.Between(0.5, 5), cancellationToken);
        }
        finally
        {
            await scene.Backing.StartAsync(service);
        }

        return true;
    }
}
