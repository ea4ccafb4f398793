namespace Certctl.Chaos.Faults;

/// <summary>kill -9 of every process of PostgreSQL or RabbitMQ, which is started again after a pause.</summary>
internal sealed class KillBackingService(string service) : IFault
{
    public string Name => $"kill-{service}";

    public string Target => service;

    public async Task<bool> InjectAsync(Scene scene, Random random, CancellationToken cancellationToken)
    {
        await scene.Backing.KillAsync(service);
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
