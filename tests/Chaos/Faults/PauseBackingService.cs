namespace Certctl.Chaos.Faults;

/// <summary>Every process of PostgreSQL or RabbitMQ stands still: connections are taken and nothing answers.</summary>
internal sealed class PauseBackingService(string service) : IFault
{
    public string Name => $"pause-{service}";

    public string Target => service;

    public async Task<bool> InjectAsync(Scene scene, Random random, CancellationToken cancellationToken)
    {
        await scene.Backing.PauseAsync(service);
        try
        {
            await Pause.ForAsync(random.Between(1, 12), cancellationToken);
        }
        finally
        {
            await scene.Backing.ResumeAsync(service);
        }

        return true;
    }
}
