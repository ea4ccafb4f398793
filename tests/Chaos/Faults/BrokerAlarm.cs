using Certctl.Chaos.Fleet;

namespace Certctl.Chaos.Faults;

/// <summary>RabbitMQ believes that its disk or memory is full: it takes nothing from publishers until the alarm is cleared.</summary>
internal sealed class BrokerAlarm(string resource, string[] raise, string[] clear) : IFault
{
    public string Name => $"{resource}-alarm";

    public string Target => BackingServices.Broker;

    public async Task<bool> InjectAsync(Scene scene, Random random, CancellationToken cancellationToken)
    {
        try
        {
            await scene.Backing.RabbitMqCtlAsync(raise);
            await Pause.ForAsync(random.Between(3, 10), cancellationToken);
        }
        finally
        {
            await scene.Backing.RabbitMqCtlAsync(clear);
        }

        return true;
    }
}
