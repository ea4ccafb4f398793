using Certctl.Chaos.Fleet;

namespace Certctl.Chaos.Faults;

/// <summary>kill -9 of one process of the fleet, which is started again after a pause.</summary>
internal sealed class KillService(Service service) : IFault
{
    public string Name => $"kill-{service.ToString().ToLowerInvariant()}";

    public string Target => $"{service}";

    public async Task<bool> InjectAsync(Scene scene, Random random, CancellationToken cancellationToken)
    {
        await scene.Fleet[service].KillAsync();
        await Pause.ForAsync(random.Between(0.2, 4), cancellationToken);
        scene.Fleet[service].Start();
        return true;
    }
}
