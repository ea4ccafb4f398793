using Certctl.Chaos.Fleet;

namespace Certctl.Chaos.Faults;

/// <summary>One process of the fleet stands still, its connections open; sometimes for longer than its leases.</summary>
internal sealed class PauseService(Service service) : IFault
{
    public string Name => $"pause-{service.ToString().ToLowerInvariant()}";

    public string Target => $"{service}";

    public async Task<bool> InjectAsync(Scene scene, Random random, CancellationToken cancellationToken)
    {
        await scene.Fleet[service].PauseAsync();
        try
        {
            await Pause.ForAsync(random.Between(1, 18), cancellationToken);
        }
        finally
        {
            await scene.Fleet[service].ResumeAsync();
        }

        return true;
    }
}
